"""Asking once more before something is gone for good."""

from __future__ import annotations

from markupsafe import escape

from handlers.chat.press import Button
from handlers.chat.talk import Talk


def ask_first(talk: Talk, question: str, go: Button, *keep: Button) -> None:
    """In place of the message whose button was pressed, which is mostly the last one. `keep` change nothing: as many as
    reach from the bottom up to where the finger is."""
    talk.edit(escape(question), [[go], *([button] for button in keep)])
