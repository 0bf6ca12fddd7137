"""Opening hours, holidays, working time, quiet hours."""
