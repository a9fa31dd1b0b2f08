"""Runs every measurement and prints its table."""

from benchmarks import agreement, managed, rules, startup

if __name__ == "__main__":
    startup.main()
    print()
    managed.main()
    print()
    rules.main()
    print()
    agreement.main()
