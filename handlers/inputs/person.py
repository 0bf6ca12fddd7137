"""A person that an admin or a handler means: chosen in Telegram, by contact, forwarded message, number or @name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from handlers.chat.incoming import Json
from handlers.chat.talk import Talk
from handlers.forms.questions import Input, NotAnAnswer, Question
from handlers.i18n.translations import N_
from handlers.inputs.record import record
from storage.people import people
from storage.plain_text import clean_code
from storage.telegram_ids import PersonId
from storage.written_text import person_name


@dataclass(frozen=True, slots=True)
class PersonMeant:
    """By Telegram id, with how they are called."""

    id: PersonId
    label: str


PERSON = record(PersonMeant)
_NAMES_SOMEBODY = frozenset({"users_shared", "contact", "forward_origin"})
"""The parts of a message without text that can name a person."""


async def person_meant(talk: Talk, text: str, message: Mapping[str, Any]) -> PersonMeant | None:
    """Whom a text or a message is about; None if it is about nobody known."""
    shared = (message.get("users_shared") or {}).get("users") or []
    if shared and isinstance(shared[0].get("user_id"), int):
        return PersonMeant(PersonId(shared[0]["user_id"]), _called(shared[0], shared[0]["user_id"]))
    contact = message.get("contact")
    if isinstance(contact, dict) and isinstance(contact.get("user_id"), int):
        return PersonMeant(PersonId(contact["user_id"]), _called(contact, contact["user_id"]))
    sender = (message.get("forward_origin") or {}).get("sender_user")
    if isinstance(sender, dict) and not sender.get("is_bot"):
        return PersonMeant(PersonId(sender["id"]), _called(sender, sender["id"]))
    code = clean_code(text)
    if re.fullmatch(r"[1-9][0-9]{0,14}", code):
        return PersonMeant(PersonId(int(code)), code)
    if re.fullmatch(r"@\w{3,32}", code):
        found = await people.by_username(talk.session, code[1:])
        if found is not None:
            return PersonMeant(found, code)
    return None


def _called(account: Mapping[str, Any], person_id: int) -> str:
    """By the name of a Telegram account, which its owner chose, or by its number."""
    return person_name(str(account.get("first_name", "")))[:60] or str(person_id)


async def read_person(talk: Talk) -> PersonMeant:
    """Raises NotAnAnswer."""
    if not talk.text and not talk.incoming.body.keys() & _NAMES_SOMEBODY:
        said = talk._("Share their contact, forward one of their messages, or write their Telegram id or @name.")
        raise NotAnAnswer(said)
    person = await person_meant(talk, talk.text, talk.incoming.body)
    if person is None:
        raise NotAnAnswer(
            talk._(
                "I don't know this person. Share their contact, forward one of their messages, or write their "
                "Telegram id or @name (I know only people who have written to me)."
            )
        )
    return person


@dataclass(frozen=True)
class PersonInput(Input[PersonMeant]):
    adapter = PERSON

    async def read(self, talk: Talk) -> PersonMeant:
        return await read_person(talk)

    def show(self, talk: Talk, value: PersonMeant) -> str:  # noqa: ARG002
        return value.label


def people_keyboard(talk: Talk) -> Json:
    """A button below the chat that lets somebody be chosen in Telegram, and tells their name."""
    wanted = {"request_id": 1, "user_is_bot": False, "request_name": True, "request_username": True}
    button = {"text": talk._("👤 Choose someone"), "request_users": wanted}
    return {"keyboard": [[button]], "resize_keyboard": True, "one_time_keyboard": True}


def person_link(who: PersonMeant) -> Markup:
    """How they are called, and a link to their profile: a number alone says nothing."""
    return Markup('<a href="tg://user?id={}">{}</a>').format(who.id, who.label)


WHO: Question[PersonMeant, object] = Question(
    title=N_("Who"),
    ask=N_("Who? Share their contact, forward one of their messages, or write their Telegram id or @name."),
    input=PersonInput(),
    keyboard=people_keyboard,
    keyboard_hint=N_("Or press “👤 Choose someone” below the chat."),
)
