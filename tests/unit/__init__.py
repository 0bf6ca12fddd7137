"""Rules with many cases."""
