"""Contests: entries, the public's votes, judges, places."""
