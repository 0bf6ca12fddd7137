"""Consents, retention, exports."""
