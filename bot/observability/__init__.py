"""Logs, metrics, errors, and the watchdog."""
