"""How a survey and its questions are put into words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from markupsafe import Markup

from handlers.campaigns.words import seen_by_telegram
from handlers.chat.view import View
from handlers.i18n.formatting import in_a_line
from handlers.i18n.translations import N_, number
from storage.campaigns.surveys.surveys import State
from storage.campaigns.surveys.wording import (
    LEAST_OPTIONS,
    LONGEST_OPTION,
    LONGEST_TEXT,
    MOST_OPTIONS,
    RATINGS,
    Fault,
    Kind,
    Wording,
)
from storage.disclosure import MIN_CELL_SIZE

KINDS: dict[Kind, str] = {
    Kind.ONE: N_("One choice"),
    Kind.SEVERAL: N_("Several choices"),
    Kind.RATING: N_("From 1 to 5"),
    Kind.NUMBER: N_("A number, in ranges"),
}
STATES: dict[State, str] = {
    State.PREPARED: N_("📝 being prepared"),
    State.OPENING: N_("⏳ opening"),
    State.OPEN: N_("▶️ open"),
    State.CLOSED: N_("✅ closed"),
}
_FAULTS: dict[Fault, str] = {
    Fault.NOT_TEXT: N_("This isn't a text file. Save it as UTF-8."),
    Fault.NOT_READABLE: N_("This can't be read; look for a missing quote or comma."),
    Fault.UNKNOWN_NAME: N_(
        "There is a column or field here that I don't know. I know: kind, text, options, borders, …"
    ),
    Fault.UNKNOWN_KIND: N_("The kind must be one, several, rating or number."),
    Fault.TEXT: N_("A question has 2 to {longest} characters."),
    Fault.OPTIONS: N_("A choice has {least} to {most} different answers of at most {longest} characters."),
    Fault.BORDERS: N_("A number question has 1 to {most} rising borders, for example 10|20|30."),
    Fault.OTHER: N_("The other language needs the question, and as many answers as the first."),
    Fault.TOO_MANY: N_("A survey has at most 9 questions."),
    Fault.EMPTY: N_("There are no questions in it."),
}
SECONDS_A_QUESTION = 15
_ROOM = 13.0
"""What a button has room for on a narrow phone, in the width of a Chinese character."""


def fault_words(view: View, fault: Fault) -> str:
    """What is wrong with a question, and how it should be."""
    blanks = {
        Fault.TEXT: {"longest": LONGEST_TEXT},
        Fault.OPTIONS: {"least": LEAST_OPTIONS, "most": MOST_OPTIONS, "longest": LONGEST_OPTION},
        Fault.BORDERS: {"most": MOST_OPTIONS - 1},
    }
    return view._(_FAULTS[fault]).format(**blanks.get(fault, {}))


def _speaks_other(view: View) -> bool:
    return view.language != view.context.settings.organisation.language


class Titled(Protocol):
    """A survey, or what somebody fills in."""

    @property
    def title(self) -> str: ...
    @property
    def other_title(self) -> str: ...


def title(view: View, row: Titled) -> str:
    """In the reader's language, if it was written in it."""
    return row.other_title if row.other_title and _speaks_other(view) else row.title


def question_text(view: View, wording: Wording) -> str:
    """In the reader's language, if it was written in it."""
    return wording.other_text if wording.other_text and _speaks_other(view) else wording.text


def options(view: View, wording: Wording) -> Sequence[str]:
    """The answers that there are, in their order."""
    if wording.kind is Kind.RATING:
        return [str(at) for at in range(1, RATINGS + 1)]
    if wording.kind is Kind.NUMBER:
        return _classes(view, wording.borders)
    return wording.other_options if wording.other_text and _speaks_other(view) else wording.options


def _classes(view: View, borders: Sequence[int]) -> Sequence[str]:
    """ "0–10", "11–20", "more than 20"."""
    named, least = [], 0
    for border in borders:
        high = number(border, view.language)
        named.append(high if least == border else f"{number(least, view.language)}–{high}")
        least = border + 1
    return [*named, view._("more than {n}").format(n=number(borders[-1], view.language))]


def is_wide(label: str) -> bool:
    """Whether a button would be cut on a narrow phone."""
    return sum(1.0 if ord(char) > 0x2000 else 0.6 for char in label) > _ROOM


def heading(view: View, row: Titled) -> Markup:
    return Markup("📋 <b>{}</b>").format(title(view, row))


def minutes_words(view: View, questions: int) -> str:
    """How long they take, about."""
    minutes = max(1, -(-questions * SECONDS_A_QUESTION // 60))
    return view._("{n} min").format(n=minutes)


def rounding_words(view: View) -> str:
    return view._("Numbers below {n} are hidden; others are rounded to multiples of {n}.").format(n=MIN_CELL_SIZE)


def promise(view: View) -> str:
    """What is kept of answers, and who sees them all the same; said before the first question."""
    counted = view._("I only count how often each answer is given, not who gave it.")
    return in_a_line(counted, seen_by_telegram(view))
