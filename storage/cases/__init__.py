"""Cases, what is said in them, and evidence."""
