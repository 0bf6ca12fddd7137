"""The console: the commands by which pages in a browser are opened and closed."""
