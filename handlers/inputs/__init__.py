"""Answers of one kind each: text, date, person, station, consent."""
