"""Runs what takes minutes at most and prints the tables; `compare`, `minimise`, `rewrites` are run by their names."""

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
