"""`python -m iamlint`."""

from iamlint.cli import main

if __name__ == "__main__":
    main()
