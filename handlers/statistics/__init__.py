"""How the work goes, in figures that point to nobody."""
