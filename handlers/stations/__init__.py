"""Stations: search, pages, reports, and looking after them."""
