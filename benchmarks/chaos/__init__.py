"""Faults on purpose: `python -m benchmarks.chaos`."""
