"""A closed question as it is declared: its words, in one language or two, and the answers it has."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from pydantic import TypeAdapter

LONGEST_TEXT, LONGEST_OPTION = 200, 60
LEAST_OPTIONS, MOST_OPTIONS = 2, 8
RATINGS = 5
_HIGHEST_BORDER = 1_000_000


class Kind(StrEnum):
    ONE = "one"
    SEVERAL = "several"
    RATING = "rating"
    NUMBER = "number"


class Fault(StrEnum):
    """What is wrong with a question, or with a file of them."""

    NOT_TEXT = "not_text"
    NOT_READABLE = "not_readable"
    UNKNOWN_NAME = "unknown_name"
    UNKNOWN_KIND = "unknown_kind"
    TEXT = "text"
    OPTIONS = "options"
    BORDERS = "borders"
    OTHER = "other"
    TOO_MANY = "too_many"
    EMPTY = "empty"


class BadQuestion(Exception):
    """A question that can't be asked; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Wording:
    """A question in the organisation's language and, where `other_text` is set, in the other one.

    `options` are the answers of ONE and SEVERAL. NUMBER has `borders`: the highest number of each class, below one for
    all that is more. RATING needs neither.
    """

    kind: Kind
    text: str
    options: tuple[str, ...] = ()
    borders: tuple[int, ...] = ()
    other_text: str = ""
    other_options: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """How many answers there are to choose from."""
        if self.kind is Kind.RATING:
            return RATINGS
        return len(self.borders) + 1 if self.kind is Kind.NUMBER else len(self.options)

    @property
    def stored(self) -> str:
        """JSON."""
        return _ADAPTER.dump_json(self).decode()


_ADAPTER = TypeAdapter(Wording)


@lru_cache(maxsize=256)
def opened(stored: str) -> Wording:
    """The wording of what `stored` made."""
    return _ADAPTER.validate_json(stored)


def check(wording: Wording) -> None:
    """Raises BadQuestion: it can't be asked like this."""
    if not 2 <= len(wording.text) <= LONGEST_TEXT:
        raise BadQuestion(Fault.TEXT)
    has_options = wording.kind in (Kind.ONE, Kind.SEVERAL)
    if not (_are_options(wording.options) if has_options else not wording.options):
        raise BadQuestion(Fault.OPTIONS)
    if not (_are_borders(wording.borders) if wording.kind is Kind.NUMBER else not wording.borders):
        raise BadQuestion(Fault.BORDERS)
    _check_other(wording)


def _check_other(wording: Wording) -> None:
    if not wording.other_text:
        if wording.other_options:
            raise BadQuestion(Fault.OTHER)
        return
    if not 2 <= len(wording.other_text) <= LONGEST_TEXT or len(wording.other_options) != len(wording.options):
        raise BadQuestion(Fault.OTHER)
    if wording.other_options and not _are_options(wording.other_options):
        raise BadQuestion(Fault.OTHER)


def _are_options(options: tuple[str, ...]) -> bool:
    return (
        LEAST_OPTIONS <= len(options) <= MOST_OPTIONS
        and len(set(options)) == len(options)
        and all(0 < len(option) <= LONGEST_OPTION for option in options)
    )


def _are_borders(borders: tuple[int, ...]) -> bool:
    return (
        1 <= len(borders) < MOST_OPTIONS
        and list(borders) == sorted(set(borders))
        and borders[0] >= 0
        and borders[-1] <= _HIGHEST_BORDER
    )
