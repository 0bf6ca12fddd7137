"""The pay book: hours, orders and money of each shift, for the rider alone."""
