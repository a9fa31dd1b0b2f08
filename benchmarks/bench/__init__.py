"""The same inputs through iamlint and its peers, alternately; `python -m benchmarks` writes `benchmarks/RESULTS.md`."""
