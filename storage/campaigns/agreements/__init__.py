"""The draft agreement: its versions, clause by clause, and what riders say about it."""
