"""Many stations at once: those of an area, a pasted list, a file, and the places without one."""
