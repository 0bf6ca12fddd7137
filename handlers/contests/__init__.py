"""Contests: entering, looking and voting, judging, places."""
