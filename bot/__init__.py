"""The running program. Knows everybody; nobody knows it."""
