"""Help from riders nearby: calling for it, going on duty, and following a call."""
