"""The buttons that are no feature's own: languages, and those of every form."""

from __future__ import annotations

from handlers.chat.press import Press

CHOOSE_LANGUAGE = Press("language", str)
COMMAND = Press("command", str)
"""Does what the command of this name does."""
SEARCH_WANTED = Press("wanted", int)
"""Stations with these amenities, near where somebody is thought to be."""
FORM = Press("form", str, str, str)
"""The mark of the step that the button belongs to, what it does, and its argument."""
