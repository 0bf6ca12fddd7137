"""Pooled pay: what those who agreed to it earn by the hour, as counters that name nobody."""
