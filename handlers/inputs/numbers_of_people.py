"""Numbers that belong to a person: of a phone, of an identity document."""

from __future__ import annotations

import re

from handlers.chat.talk import Talk
from handlers.forms.questions import Input, NotAnAnswer
from handlers.i18n import translations
from handlers.i18n.formatting import in_a_line
from handlers.i18n.translations import N_
from handlers.inputs.phone_numbers import InWords, NotAPhone, WithoutAreaCode, area_code_of, read_phone
from handlers.inputs.text import TEXT
from storage.people.identity_numbers import Fault, NotAResidentNumber, other_document, resident_number
from storage.plain_text import clean_code


def checked_phone(talk: Talk, text: str) -> str:
    """A typed phone number in its plain form.

    Raises:
        NotAnAnswer: it is none.
    """
    organisation = talk.context.settings.organisation
    try:
        return str(read_phone(text, organisation.country))
    except WithoutAreaCode as local:
        code = area_code_of(organisation.hotline, organisation.country) or "010"
        said = talk._("The area code is missing. Please write the whole number, like {number}.")
        raise NotAnAnswer(said.format(number=f"{code} {local}")) from None
    except InWords:
        raise NotAnAnswer(talk._("Please write the number in digits, like 138 0013 8000.")) from None
    except NotAPhone:
        raise NotAnAnswer(talk._("That's not a phone number. Please write it like 138 0013 8000.")) from None


FAULTS: dict[Fault, str] = {
    Fault.CHARACTERS: N_("An ID number is 17 digits followed by a digit or X."),
    Fault.LENGTH: N_("An ID number has 18 characters; what you wrote has {n}."),
    Fault.PLACE: N_("The first two digits of the ID number are wrong: no province has that code."),
    Fault.BIRTH_DATE: N_("Digits 7 to 14 of the ID number are the date of birth, and that date doesn't exist."),
    Fault.CHECK: N_("The last character of the ID number doesn't match the others, so there is a typo in one of them."),
}


def _checked_resident_number(talk: Talk) -> str:
    try:
        return resident_number(talk.text, talk.local_today)
    except NotAResidentNumber as wrong:
        said = talk._(FAULTS[wrong.fault]).format(n=translations.number(wrong.length, talk.language))
        advice = talk._("Please compare it with your card. With another document, name it first: passport E12345678")
        raise NotAnAnswer(in_a_line(said, advice)) from None


class TypedPhoneInput(Input[str]):
    """Somebody's phone number, as it is typed."""

    adapter = TEXT

    async def read(self, talk: Talk) -> str:
        return checked_phone(talk, talk.text)


class IdNumberInput(Input[str]):
    """The number of an identity document. In China a resident's by its check character and birth date, or a passport or
    travel permit by its name; elsewhere 4 to 30 letters and digits."""

    adapter = TEXT

    async def read(self, talk: Talk) -> str:
        if talk.context.settings.organisation.country == "CN":
            return other_document(talk.text) or _checked_resident_number(talk)
        text = clean_code(talk.text).upper().replace(" ", "")
        if not re.fullmatch(r"[0-9A-Z-]{4,30}", text):
            raise NotAnAnswer(talk._("Please write the number as on your ID card: 4 to 30 letters and digits."))
        return text

    def show(self, talk: Talk, value: str) -> str:  # noqa: ARG002
        """Only what tells two numbers apart: 3714**********1234."""
        name, _, number = value.rpartition(" ")
        kept = 4 if len(number) > 12 else 2
        masked = number[:kept] + "*" * max(len(number) - 2 * kept, 4) + number[-kept:]
        return f"{name} {masked}".strip()
