"""The keyboard below the chat while somebody writes in a case: it says in which, and leads to the others and out."""

from __future__ import annotations

from handlers.chat.incoming import Json
from handlers.chat.talk import Talk
from handlers.i18n.translations import translator

WRITING, LEAVING = "💬", "🚪"


def case_keyboard(number: str, language: str) -> Json:
    """Two buttons that are plain texts, told apart by their first sign, and the location as ever."""
    _ = translator(language)
    return {
        "keyboard": [
            [{"text": f"{WRITING} {number}"}, {"text": f"{LEAVING} " + _("Leave conversation")}],
            [{"text": _("📍 Nearest station"), "request_location": True}],
        ],
        "resize_keyboard": True,
        "is_persistent": True,
        "input_field_placeholder": _("Writing in {number}").format(number=number),
    }


def is_switch(talk: Talk) -> bool:
    """Whether the first button was pressed: in which case do I write?"""
    return talk.text.startswith(f"{WRITING} ") and len(talk.text) <= 30


def is_leave(talk: Talk) -> bool:
    return talk.text == f"{LEAVING} " + talk._("Leave conversation")
