"""Answers of which only applications consist."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from handlers.chat.questions import Choice, Input, NotAnAnswer
from handlers.chat.talk import Talk
from handlers.inputs.text import TEXT, TextInput
from storage.membership.phones import PHONE, Phone
from storage.written_text import one_line

_NAME_SIGNS = " ·•'’.-"
_DISTRICT = TextInput(2, 40)


class NameInput(Input[str]):
    """2 to 50 letters of any script, with the signs that names have between them."""

    adapter = TEXT

    async def read(self, talk: Talk) -> str:
        name = one_line(talk.text)
        letters = sum(unicodedata.category(char)[0] in "LM" for char in name)
        strange = any(unicodedata.category(char)[0] not in "LM" and char not in _NAME_SIGNS for char in name)
        if not 2 <= letters <= 50 or len(name) > 60 or strange:
            raise NotAnAnswer(talk._("Please write your name as on your ID card, 2 to 50 letters."))
        return name


class PhoneInput(Input[Phone]):
    """The sender's own contact, or a typed number."""

    adapter = PHONE

    async def read(self, talk: Talk) -> Phone:
        contact = talk.incoming.body.get("contact")
        if not isinstance(contact, dict):
            return Phone(_checked_phone(talk, one_line(talk.text)))
        if contact.get("user_id") != talk.person.id:
            raise NotAnAnswer(
                talk._("This is someone else's contact. Please share your own with the button, or type your number.")
            )
        return Phone(_checked_phone(talk, "+" + str(contact.get("phone_number", "")).lstrip("+")), shared=True)

    def show(self, talk: Talk, value: Phone) -> str:
        """With a word about one that was typed: anybody can type anybody's."""
        return value.number if value.shared else talk._("{number} (typed, not verified)").format(number=value.number)


def _checked_phone(talk: Talk, text: str) -> str:
    import phonenumbers  # its tables are loaded when somebody joins, not at the start

    try:
        number = phonenumbers.parse(text, talk.context.settings.organisation.country)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        raise NotAnAnswer(talk._("That's not a phone number. Please write it like 138 0013 8000."))
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


class IdNumberInput(Input[str]):
    """A Chinese resident's number by its check digit, birth date and place; elsewhere 4 to 30 letters and digits."""

    adapter = TEXT

    async def read(self, talk: Talk) -> str:
        text = one_line(talk.text).upper().replace(" ", "")
        if talk.context.settings.organisation.country == "CN":
            from stdnum.cn import ric

            if not ric.is_valid(text):
                raise NotAnAnswer(
                    talk._("That's not a valid ID number. It has 18 characters; please compare it with your card.")
                )
            return str(ric.compact(text))
        if not re.fullmatch(r"[0-9A-Z-]{4,30}", text):
            raise NotAnAnswer(talk._("Please write the number as on your ID card: 4 to 30 letters and digits."))
        return text

    def show(self, talk: Talk, value: str) -> str:  # noqa: ARG002
        """Only what tells two numbers apart: 3714**********1234."""
        return value[:4] + "*" * max(len(value) - 8, 4) + value[-4:]


class DistrictInput(Input[str]):
    """One of the organisation's list; any, if it has none."""

    adapter = TEXT

    async def read(self, talk: Talk) -> str:
        text, offered = one_line(talk.text), talk.context.settings.joining.districts
        if not offered:
            return _DISTRICT.checked(talk, text)
        district = next((name for name in offered if name.casefold() == text.casefold()), None)
        if district is None:
            raise NotAnAnswer(talk._("Please press one of the buttons."))
        return district

    def choices(self, talk: Talk) -> Sequence[Choice[str]]:
        return [Choice(str(at), name, name) for at, name in enumerate(talk.context.settings.joining.districts)]
