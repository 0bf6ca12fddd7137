"""Stations: finding them, and keeping the list."""

NEAREST_STATIONS = "Nearest stations"
ASKED_FOR_ADDRESS = "Where? Type a street"
SHOW_PASSWORD = "🔑 Show the password"

PLACE_OF_STATION = "Where is it? Send the place"
NAME_OF_STATION = "What is it called?"
AMENITIES_OF_STATION = "What does it have?"
COORDINATE_SYSTEM = "Which coordinate system does the list use?"
