"""Parts of the program against real databases, processes and HTTP."""
