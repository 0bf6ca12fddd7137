"""Files that people print and hand on."""
