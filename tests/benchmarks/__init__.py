"""Measurements, side by side in one run and told as ratios. Run one with `python -m tests.benchmarks.NAME`."""
