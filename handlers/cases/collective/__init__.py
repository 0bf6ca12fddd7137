"""Collective cases, as handlers and riders see them."""
