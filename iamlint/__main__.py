"""`python -m iamlint`."""

from iamlint.cli import run

if __name__ == "__main__":
    run()
