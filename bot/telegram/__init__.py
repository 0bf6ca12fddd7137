"""Telegram: messages out, at its pace, and what it answers."""
