"""`python -m benchmarks [MEASUREMENT]...`: all, or those named."""

import sys

from benchmarks.bench.main import main

if __name__ == "__main__":
    main(sys.argv[1:])
