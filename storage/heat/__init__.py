"""Heat, cold and storm: the rules of a country, the weather of a day, and who wants to hear of it."""
