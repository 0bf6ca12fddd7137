"""Help from riders nearby: volunteers on duty, and calls for help."""
