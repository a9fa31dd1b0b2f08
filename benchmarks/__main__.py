"""Runs every measurement and prints its table."""

from benchmarks import agreement, export, managed, rules, startup

if __name__ == "__main__":
    startup.main()
    print()
    managed.main()
    print()
    rules.main()
    print()
    agreement.main()
    print()
    export.main()
