"""Campaigns: one round of talks with one counterpart, from the first demand to the report a year later."""
