"""Asking once more before something is thrown away or ended."""

from __future__ import annotations

from markupsafe import escape

from handlers.chat.press import Button, Buttons
from handlers.chat.talk import Talk


def confirming(go: Button, *stay: Button) -> Buttons:
    """The buttons below the question: what does no harm is lowest. A chat is scrolled to its end, so that is where the
    finger is that asked for it, and a second tap changes nothing."""
    return [[go], *([button] for button in stay)]


def ask_first(talk: Talk, question: str, go: Button, *stay: Button) -> None:
    """In place of the message whose button was pressed, which is mostly the last one. As many `stay` as reach from the
    bottom up to where the finger is."""
    talk.edit(escape(question), confirming(go, *stay))
