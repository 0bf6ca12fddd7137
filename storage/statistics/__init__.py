"""Figures over periods."""
