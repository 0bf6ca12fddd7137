"""Broadcasts, their recipients and segments."""
