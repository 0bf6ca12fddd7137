"""Maps, charts and cards as PNG."""
