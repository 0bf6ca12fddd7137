"""Every message to somebody who did not just write: the table, its queue, the order in it, what failed."""
