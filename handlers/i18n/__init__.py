"""Languages: translations, and how times and numbers are written."""
