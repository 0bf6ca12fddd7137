"""What became of the talks: the result, what was promised, and whether it is kept."""
