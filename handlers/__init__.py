"""What people say and what they hear: one file a feature."""
