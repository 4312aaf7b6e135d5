"""Benchmarks: each runs ours and the alternative in one run. ``python -m benchmarks NAME``."""
