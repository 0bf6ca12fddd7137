"""Telegram: updates in, messages out, at its pace."""
