"""Measurements: each figure stands beside a named peer's of the same run, since machines are noisy."""
