"""Joining the union, and reviewing applications."""
