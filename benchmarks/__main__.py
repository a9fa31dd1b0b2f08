"""Runs every measurement and prints its table."""

from benchmarks import startup

if __name__ == "__main__":
    startup.main()
