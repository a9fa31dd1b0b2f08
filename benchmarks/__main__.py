"""Runs every measurement and prints its table."""

from benchmarks import agreement, managed, startup

if __name__ == "__main__":
    startup.main()
    print()
    managed.main()
    print()
    agreement.main()
