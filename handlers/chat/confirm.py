"""Asking once more before something is thrown away or ended."""

from __future__ import annotations

from handlers.chat.press import Button, Buttons


def confirming(go: Button, stay: Button) -> Buttons:
    """The buttons below the question: what does no harm is lowest. A chat is scrolled to its end, so that is where the
    finger is that asked for it, and a second tap changes nothing."""
    return [[go], [stay]]
