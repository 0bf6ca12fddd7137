"""The running program. Knows everybody; nobody knows it."""

__version__ = "0.7.0"
