"""Measurements; `python -m benchmarks` runs them all and prints ratios. Timings never fail a test."""
