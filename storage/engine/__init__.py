"""The two engines: drivers, connections, the writer of SQLite, what a transaction writes."""
