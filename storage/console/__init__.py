"""The console: what opens its pages in a browser."""
