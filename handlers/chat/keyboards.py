"""Reply keyboards: the big buttons below the chat."""

from __future__ import annotations

from handlers.chat.case_keyboard import case_keyboard
from handlers.chat.incoming import Json
from handlers.chat.talk import Talk
from handlers.i18n.translations import translator


def location_keyboard(talk: Talk) -> Json:
    """The one that is always there: a big button that sends the location; above it, in which case the person writes."""
    if talk.person.case_number:
        return case_keyboard(talk.person.case_number, talk.language)
    return plain_keyboard(talk.language)


def plain_keyboard(language: str) -> Json:
    """Only the location: for who writes in no case any more."""
    _ = translator(language)
    button = {"text": _("📍 Nearest station"), "request_location": True}
    return {"keyboard": [[button]], "resize_keyboard": True, "is_persistent": True}


def contact_keyboard(talk: Talk) -> Json:
    """While a phone number is asked for: a button that shares one's own."""
    button = {"text": talk._("📱 Share my phone number"), "request_contact": True}
    return {"keyboard": [[button]], "resize_keyboard": True, "one_time_keyboard": True}
