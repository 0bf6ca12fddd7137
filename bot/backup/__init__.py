"""Backups: dumped, sealed, verified, restored."""
