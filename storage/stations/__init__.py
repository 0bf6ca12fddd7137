"""Stations, searches and reports."""
