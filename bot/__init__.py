"""The running program. Knows everybody; nobody knows it."""

__version__ = "0.8.0"
