"""One message to many."""
