"""Campaigns: the riders' voice, from a demand in one sentence to an agreement and a report a year later."""
