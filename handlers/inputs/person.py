"""Whom an admin or a handler means: by contact, forwarded message, number or @name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

from handlers.chat.questions import NotAnAnswer, Question
from handlers.chat.talk import Talk
from handlers.inputs.text import clean
from storage.dialogues import Value
from storage.people import people


async def person_meant(talk: Talk, text: str, message: Mapping[str, Any]) -> list[Any] | None:
    """[Telegram id, how they are called] of whom a text or a message is about; None if it is about nobody known."""
    contact = message.get("contact")
    if isinstance(contact, dict) and isinstance(contact.get("user_id"), int):
        return [contact["user_id"], str(contact.get("first_name", ""))[:60] or str(contact["user_id"])]
    sender = (message.get("forward_origin") or {}).get("sender_user")
    if isinstance(sender, dict) and not sender.get("is_bot"):
        return [sender["id"], str(sender.get("first_name", ""))[:60]]
    if re.fullmatch(r"\d{1,15}", text):
        return [int(text), text]
    if re.fullmatch(r"@\w{3,32}", text):
        found = await people.by_username(talk.session, text[1:])
        if found is not None:
            return [int(found), text]
    return None


async def read_person(talk: Talk) -> Value:
    found = await person_meant(talk, clean(talk.text), talk.incoming.body)
    if found is None:
        raise NotAnAnswer(
            talk._(
                "I don't know this person. Share their contact, forward one of their messages, or write their "
                "number or @name (I know only people who have written to me)."
            )
        )
    return found


WHO = Question(
    key="who",
    title=lambda talk: talk._("Who"),
    read=read_person,
    show=lambda _talk, value: str(cast("list[Any]", value)[1]),
    ask=lambda talk, _: talk._(
        "Who? Share their contact, forward one of their messages, or write their number or @name."
    ),
)
"""Answered by [Telegram id, how they are called]."""
