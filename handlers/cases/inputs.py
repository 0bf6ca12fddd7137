"""Answers of which only the desks' forms consist."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pydantic import TypeAdapter

from handlers.cases.messages.message_content import read_said
from handlers.chat.talk import Talk
from handlers.dates.days import Toward
from handlers.forms.questions import Choice, Input, InputPage, NotAnAnswer
from handlers.i18n import formatting
from handlers.i18n.translations import N_
from handlers.inputs.account import LONGEST_LABEL, account_choice
from handlers.inputs.calendar import Days, day_named
from handlers.inputs.choice import ButtonInput
from handlers.inputs.moment import calendar_page, understood
from handlers.inputs.place import Point, sent_point
from handlers.inputs.text import TEXT, CalledInput, TextInput
from storage.cases.desks import Option, Words, in_language
from storage.cases.messages import Said
from storage.dialogues import Value
from storage.plain_text import clean_code
from storage.written_text import person_name

_NOT_A_PAST_DAY = N_(
    "I don't understand this date. Write it like “yesterday”, “last Wednesday” or “3 Nov”, or choose it below. If you "
    "aren't sure, press “Not sure”."
)
_NEAR_METRES = 2_000.0
_LONGEST_CAPTION = 600
_LONGEST_AGO = timedelta(days=36_525)
ANONYMOUS = "yes"
"""The answer of somebody who tells it to everyone without a name."""


def option_input(options: Sequence[Option]) -> ButtonInput[str]:
    """One of a desk's kinds or choices, by its key."""

    def choices(talk: Talk) -> Sequence[Choice[str]]:
        return [Choice(option.key, in_language(option.words, talk.language), option.key) for option in options]

    return ButtonInput(TEXT, choices)


@dataclass(frozen=True)
class WordsOrPlaceInput(TextInput):
    """A line of text, or a location: its coordinates, with the station that is near."""

    takes_location = True

    async def read(self, talk: Talk) -> str:
        point = sent_point(talk)
        return await super().read(talk) if point is None else _place_words(talk, point)


def _place_words(talk: Talk, point: Point) -> str:
    words = f"📍 {point.latitude:.5f}, {point.longitude:.5f}"
    index = talk.context.directory.index
    nearest = index.nearest_row(point.latitude, point.longitude)
    if nearest is None or nearest[1] > _NEAR_METRES:
        return words
    near = talk._("{metres} m from {station}")
    said = near.format(metres=round(nearest[1]), station=index.names[nearest[0]])
    return formatting.bracketed(talk._, words, said)


class DayInput(Input[date | None]):
    """A day of the past hundred years; None for somebody who is not sure, which is stored as the empty text."""

    adapter = TypeAdapter(date | None)

    async def read(self, talk: Talk) -> date | None:
        return self._checked(talk, understood(talk, Toward.BACK, _NOT_A_PAST_DAY).day)

    def page(self, talk: Talk, page: str) -> InputPage:
        today = talk.local_today
        return calendar_page(talk, Days(today, today - _LONGEST_AGO, today, has_times=False), page, is_behind=True)

    def picked(self, talk: Talk, argument: str) -> date | None:
        return self._checked(talk, day_named(argument))

    def _checked(self, talk: Talk, day: date) -> date:
        if not talk.local_today - _LONGEST_AGO < day <= talk.local_today:
            raise NotAnAnswer(talk._("That day is in the future or too long ago."))
        return day

    def choices(self, talk: Talk) -> Sequence[Choice[date | None]]:
        today = talk.local_today
        return [
            Choice("today", talk._("Today"), today),
            Choice("yesterday", talk._("Yesterday"), today - timedelta(days=1)),
            Choice("unsure", talk._("Not sure"), None),
        ]

    def show(self, talk: Talk, value: date | None) -> str:
        return talk._("Not sure") if value is None else formatting.dated(value, talk.local_today, talk.language)

    def encode(self, value: date | None) -> Value:
        return "" if value is None else value.isoformat()

    def decode(self, stored: Value) -> date | None:
        return None if stored == "" else super().decode(stored)


class SaidInput(Input[tuple[Said, ...]]):
    """What is told in several messages, with files."""

    adapter = TypeAdapter(tuple[Said, ...])
    collects = True

    async def read(self, talk: Talk) -> tuple[Said, ...]:
        return (read_said(talk),)

    def show(self, talk: Talk, value: tuple[Said, ...]) -> str:
        words = " / ".join(said.text for said in value if said.text)
        files = _counted(talk, value)
        return " ".join(filter(None, [words[:300] + ("…" if len(words) > 300 else ""), f"📎 {files}" if files else ""]))


@dataclass(frozen=True)
class FilesInput(SaidInput):
    """A document: pictures or files, without anything else. Each bears the title of what was asked for."""

    title: Words

    async def read(self, talk: Talk) -> tuple[Said, ...]:
        said = read_said(talk)
        if said.kind not in ("photo", "document"):
            raise NotAnAnswer(talk._("Please send it as a picture or a file (📎)."))
        title = in_language(self.title, talk.context.settings.organisation.language)
        said.text = f"{title} · {said.text}"[:_LONGEST_CAPTION] if said.text else title
        said.entities = []
        return (said,)


@dataclass(frozen=True)
class TypedNumberInput(Input[str]):
    """A whole number, kept as it is written."""

    least: int
    most: int

    adapter = TEXT

    async def read(self, talk: Talk) -> str:
        text = clean_code(talk.text)
        if not (text.isascii() and text.isdigit() and self.least <= int(text[:6]) <= self.most):
            said = talk._("Please write a number from {least} to {most}.")
            raise NotAnAnswer(said.format(least=self.least, most=self.most))
        return str(int(text[:6]))


def _counted(talk: Talk, value: Sequence[Said]) -> str:
    """ "2 photos, 1 voice message"; empty if there is no file."""
    counts = Counter(said.kind for said in value if said.file_id)
    photos, voices = counts.pop("photo", 0), counts.pop("voice", 0)
    others = counts.total()
    parts = [
        (photos, talk.plural("{n} photo", "{n} photos", photos)),
        (voices, talk.plural("{n} voice message", "{n} voice messages", voices)),
        (others, talk.plural("{n} file", "{n} files", others)),
    ]
    return formatting.listed((words.format(n=n) for n, words in parts if n), talk.language)


class OneMessageInput(Input[Said]):
    """One message, also with a file."""

    adapter = TypeAdapter(Said)

    async def read(self, talk: Talk) -> Said:
        return read_said(talk)


@dataclass(frozen=True)
class NicknameInput(CalledInput):
    """How somebody may be called; empty for no name at all, which is stored as "-"."""

    async def read(self, talk: Talk) -> str:
        return self.checked(talk, person_name(talk.text))

    def choices(self, talk: Talk) -> Sequence[Choice[str]]:
        withheld = Choice("withheld", talk._("🙈 Leave out my name"), "")
        name = talk.incoming.account_name
        return [withheld, account_choice(talk, name)] if self.minimum <= len(name) <= LONGEST_LABEL else [withheld]

    def show(self, talk: Talk, value: str) -> str:
        return value or talk._("not given")

    def encode(self, value: str) -> str:
        return value or "-"

    def decode(self, stored: Value) -> str:
        return "" if stored == "-" else super().decode(stored)


def _anonymous_choices(talk: Talk) -> Sequence[Choice[str]]:
    return [
        Choice("no", talk._("💬 Case number only: reply possible"), "no"),
        Choice("yes", talk._("🙈 Fully anonymous: no reply possible"), ANONYMOUS),
    ]


ANONYMITY = ButtonInput(
    TEXT, _anonymous_choices, lambda talk, value: talk._("Yes") if value == ANONYMOUS else talk._("No")
)
NO_PLATFORM = Choice("none", N_("No platform"), "-")
