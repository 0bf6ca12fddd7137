"""What happens by the clock: one file a feature."""
