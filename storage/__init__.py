"""What is kept: one file a feature, its tables and the operations on them. Knows nobody."""
