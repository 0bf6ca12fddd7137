"""The files of a case: which kinds are taken, how many, and what is kept of them."""
