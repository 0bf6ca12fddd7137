"""Reply keyboards: the big buttons below the chat."""

from __future__ import annotations

from handlers.chat.incoming import Json
from handlers.chat.talk import Talk
from handlers.i18n.translations import translator

WRITING, LEAVING = "💬", "🚪"


def location_keyboard(talk: Talk) -> Json:
    """The one that is always there: a big button that sends the location; above it, in which case the person writes."""
    if talk.person.case_number:
        return case_keyboard(talk.person.case_number, talk.language)
    return plain_keyboard(talk.language)


def plain_keyboard(language: str) -> Json:
    """Only the location: for whoever writes in no case any more."""
    _ = translator(language)
    button = {"text": _("📍 Nearest station"), "request_location": True}
    return {"keyboard": [[button]], "resize_keyboard": True, "is_persistent": True}


def contact_keyboard(talk: Talk) -> Json:
    """While a phone number is asked for: a button that shares one's own."""
    button = {"text": talk._("📱 Share my phone number"), "request_contact": True}
    return {"keyboard": [[button]], "resize_keyboard": True, "one_time_keyboard": True}


def case_keyboard(number: str, language: str) -> Json:
    """While somebody writes in a case: in which, and the ways to the others and out. Two buttons that are plain texts,
    told apart by their first sign, and the location as ever."""
    _ = translator(language)
    return {
        "keyboard": [
            [{"text": f"{WRITING} {number}"}, {"text": f"{LEAVING} " + _("Leave conversation")}],
            [{"text": _("📍 Nearest station"), "request_location": True}],
        ],
        "resize_keyboard": True,
        "is_persistent": True,
        "input_field_placeholder": _("Case {number}").format(number=number),
    }


def is_switch(talk: Talk) -> bool:
    """Whether the first button was pressed: in which case do I write?"""
    return talk.text.startswith(f"{WRITING} ") and len(talk.text) <= 30


def is_leave(talk: Talk) -> bool:
    return talk.text == f"{LEAVING} " + talk._("Leave conversation")
