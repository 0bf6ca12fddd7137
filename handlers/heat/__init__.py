"""Heat, cold and storm: what holds today, who wants to hear of it, and what to do when a platform ignores it."""
