"""The pay book: what a rider notes of their shifts, for themselves."""
