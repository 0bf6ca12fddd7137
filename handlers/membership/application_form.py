"""The questions of /join. Each says why it is asked and what a right answer looks like."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Awaitable, Callable, Sequence

from markupsafe import escape

from handlers.chat.keyboards import contact_keyboard
from handlers.chat.questions import Choice, Form, NotAnAnswer, Question, as_it_is
from handlers.chat.talk import Talk
from handlers.i18n.translations import N_
from handlers.inputs.platform import platform_choices, read_platform
from handlers.inputs.text import clean, picture, press_a_button, short_text
from storage.dialogues import Answers, Value

OTHER = "other"
WORK: dict[str, str] = {
    "meals": N_("🛵 Meals"),
    "parcels": N_("📦 Parcels"),
    "passengers": N_("🚗 Passengers"),
    "freight": N_("🚚 Freight"),
    OTHER: N_("Other"),
}
INSURANCE: dict[str, str] = {"yes": N_("Yes"), "no": N_("No"), "unknown": N_("I don't know")}
_NAME_SIGNS = " ·•'’.-"


async def _read_name(talk: Talk) -> Value:
    """2 to 50 letters of any script, with the signs that names have between them."""
    name = clean(talk.text)
    letters = sum(unicodedata.category(char)[0] in "LM" for char in name)
    strange = any(unicodedata.category(char)[0] not in "LM" and char not in _NAME_SIGNS for char in name)
    if not 2 <= letters <= 50 or len(name) > 60 or strange:
        raise NotAnAnswer(talk._("Please write your name as on your ID card, 2 to 50 letters."))
    return name


async def _read_phone(talk: Talk) -> Value:
    """The sender's own contact, or a typed number: as +8613800000001."""
    contact = talk.incoming.body.get("contact")
    if isinstance(contact, dict):
        if contact.get("user_id") != talk.person.id:
            raise NotAnAnswer(
                talk._("This is someone else's contact. Please share your own with the button, or type your number.")
            )
        return _checked_phone(talk, "+" + str(contact.get("phone_number", "")).lstrip("+"))
    return _checked_phone(talk, clean(talk.text))


def _checked_phone(talk: Talk, text: str) -> str:
    import phonenumbers  # its tables are loaded when somebody joins, not at the start

    try:
        number = phonenumbers.parse(text, talk.context.settings.organisation.country)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        raise NotAnAnswer(talk._("That's not a phone number. Please write it like 138 0013 8000."))
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


async def _read_id_number(talk: Talk) -> Value:
    """A Chinese resident's number by its check digit, birth date and place; elsewhere 4 to 30 letters and digits."""
    text = clean(talk.text).upper().replace(" ", "")
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


async def _read_district(talk: Talk) -> Value:
    text, offered = clean(talk.text), talk.context.settings.joining.districts
    if offered:
        found = next((name for name in offered if name.casefold() == text.casefold()), None)
        if found is None:
            raise NotAnAnswer(talk._("Please press one of the buttons."))
        return found
    if not 2 <= len(text) <= 40:
        raise NotAnAnswer(talk._("Please write the district in 2 to 40 characters."))
    return text


def _named(labels: dict[str, str]) -> Callable[[Talk, Answers], Sequence[Choice]]:
    return lambda talk, _answers: [Choice(key, talk._(label), key) for key, label in labels.items()]


def _shown(labels: dict[str, str]) -> Callable[[Talk, Value], str]:
    return lambda talk, value: talk._(labels.get(str(value), str(value)))


def _platforms(talk: Talk, _answers: Answers) -> Sequence[Choice]:
    return platform_choices(talk, Choice(OTHER, talk._("Other"), OTHER))


def _districts(talk: Talk, _answers: Answers) -> Sequence[Choice]:
    return [Choice(str(at), name, name) for at, name in enumerate(talk.context.settings.joining.districts)]


def masked(_talk: Talk, value: Value) -> str:
    """Only what tells two numbers apart: 3714**********1234."""
    text = str(value)
    return text[:4] + "*" * max(len(text) - 8, 4) + text[-4:]


def show_platform(talk: Talk, value: Value) -> str:
    return talk._("Other") if value == OTHER else str(value)


def show_proof(talk: Talk, _value: Value) -> str:
    return talk._("a picture")


def _ask_district(talk: Talk, _answers: Answers) -> str:
    return talk._(
        "Which district do you mostly work in?\n"
        "<i>So that you hear what's happening near you. Just the district, no address.</i>"
    )


def joining(done: Callable[[Talk, Answers], Awaitable[None]]) -> Form:
    """The form; `done` gets its answers. Begin it with "_id_number": how the organisation asks for it."""
    return Form(
        name="join",
        title=lambda talk: talk._("Joining the union"),
        questions=(
            Question(
                key="name",
                title=lambda talk: talk._("Name"),
                read=_read_name,
                ask=lambda talk, _: talk._(
                    "What is your name?\n"
                    "<i>As on your ID card; it will be shown on your member card. For example: 李雷</i>"
                ),
            ),
            Question(
                key="phone",
                title=lambda talk: talk._("Phone"),
                read=_read_phone,
                keyboard=contact_keyboard,
                ask=lambda talk, _: talk._(
                    "What is your phone number?\n<i>So that a coordinator can call you about your application. "
                    "For example: 138 0013 8000</i>"
                ),
            ),
            Question(
                key="platform",
                title=lambda talk: talk._("Platform"),
                read=read_platform,
                choices=_platforms,
                columns=2,
                show=show_platform,
                ask=lambda talk, _: talk._(
                    "Which platform do you work for most?\n"
                    "<i>The union negotiates with each of them, so it helps to know how many of you there are. They "
                    "never learn who joined.</i>"
                ),
            ),
            Question(
                key="platform_other",
                title=lambda talk: talk._("Other platform"),
                when=lambda answers: answers.get("platform") == OTHER,
                read=short_text(1, 40, lambda talk: talk._("1 to 40 letters, please.")),
                ask=lambda talk, _: talk._("What is it called?\n<i>Up to 40 characters. For example: 闪送</i>"),
            ),
            Question(
                key="work",
                title=lambda talk: talk._("Work"),
                read=press_a_button,
                choices=_named(WORK),
                columns=2,
                show=_shown(WORK),
                ask=lambda talk, _: talk._(
                    "What do you transport?\n<i>Risks and pay differ, and so does what the union can do.</i>"
                ),
            ),
            Question(
                key="district",
                title=lambda talk: talk._("District"),
                read=_read_district,
                choices=_districts,
                columns=2,
                ask=_ask_district,
            ),
            Question(
                key="id_number",
                title=lambda talk: talk._("ID number"),
                read=_read_id_number,
                show=masked,
                when=lambda answers: answers.get("_id_number") != "never",
                optional=lambda answers: answers.get("_id_number") != "required",
                ask=lambda talk, _: talk._(
                    "What is your ID number?\n"
                    "<i>It makes sure that nobody joins twice, and is stored encrypted. 18 characters, like "
                    "370102199001011234.</i>"
                ),
            ),
            Question(
                key="insurance",
                title=lambda talk: talk._("Accident insurance"),
                read=press_a_button,
                choices=_named(INSURANCE),
                columns=3,
                show=_shown(INSURANCE),
                ask=lambda talk, _: talk._(
                    "Are you insured against accidents at work?\n<i>The union looks for cover for those who are not. "
                    "“I don't know” is a good answer too.</i>"
                ),
            ),
            Question(
                key="proof",
                title=lambda talk: talk._("Proof"),
                optional=True,
                show=show_proof,
                read=picture(
                    lambda talk: talk._("Please send it as a picture (a screenshot of your profile), or skip.")
                ),
                ask=lambda talk, _: talk._(
                    "Could you send a picture of your profile in the platform's app?\n"
                    "<i>A screenshot with your name on it speeds up the decision. You can skip this.</i>"
                ),
            ),
        ),
        done=done,
    )


LABELS: dict[str, tuple[str, Callable[[Talk, Value], str]]] = {
    "name": (N_("Name"), as_it_is),
    "phone": (N_("Phone"), as_it_is),
    "platform": (N_("Platform"), show_platform),
    "platform_other": (N_("Other platform"), as_it_is),
    "work": (N_("Work"), _shown(WORK)),
    "district": (N_("District"), as_it_is),
    "id_number": (N_("ID number"), masked),
    "insurance": (N_("Accident insurance"), _shown(INSURANCE)),
    "proof": (N_("Proof"), show_proof),
}


def answer_lines(talk: Talk, answers: Answers) -> list[str]:
    """The answers as HTML lines, the ID number masked."""
    return [
        f"{escape(talk._(label))}: <b>{escape(show(talk, answers[key]))}</b>"
        for key, (label, show) in LABELS.items()
        if answers.get(key) is not None
    ]
