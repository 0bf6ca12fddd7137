"""Words of danger, and whom to call."""
