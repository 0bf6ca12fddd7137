"""Cases that were ticked in the table, to do the same with each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.web.turned_away import Turned, Why
from bot.web.visits import Visit
from handlers.cases import format as words
from handlers.chat.talk import Talk
from storage.cases.ids import CaseId
from storage.cases.many import MOST_AT_ONCE
from storage.cases.table import Case

PATH = "/console/cases"


def ticked(visit: Visit) -> Sequence[CaseId]:
    """Which, in the order in which they are locked. Raises Turned."""
    sent = dict.fromkeys(visit.form.get("id", []))
    if not sent or len(sent) > MOST_AT_ONCE or not all(map(is_number, sent)):
        raise Turned(Why.ODD)
    return sorted({CaseId(int(one)) for one in sent})


def is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


def name_of(talk: Talk, row: Case | None) -> str:
    """Its number; "" for one that they may not see."""
    return "" if row is None else words.mark(row) + words.tag(talk.context, row)


def left_out(talk: Talk, found: Iterable[tuple[Case | None, str]]) -> list[tuple[str, str]]:
    """Number and reason of each with which nothing is done."""
    return [(name_of(talk, row), why_not) for row, why_not in found if why_not]
