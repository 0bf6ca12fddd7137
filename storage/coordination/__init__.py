"""What replicas agree on: the leader, counters, what is done once."""
