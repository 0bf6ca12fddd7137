"""Calls that translate."""

KEYWORDS = {"_": slice(1), "N_": slice(1), "plural": slice(2), "plural_in": slice(1, 3)}
"""By name, which of their arguments are texts."""
