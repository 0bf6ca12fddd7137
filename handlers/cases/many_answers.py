"""The same answer to several cases: its blanks are filled in for each, each is looked at before it goes, and each goes
into its own talk."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from handlers.cases import acts
from handlers.cases import format as words
from handlers.cases.blanks import blanks_of, filled, known_of
from handlers.cases.desk_access import handled, note
from handlers.cases.messages.message_content import parts_of
from handlers.cases.ready_answers import words_for
from handlers.chat.talk import Talk
from handlers.i18n.translations import N_
from storage.cases import many
from storage.cases import messages as case_messages
from storage.cases.audited import CaseAction
from storage.cases.desks import Canned
from storage.cases.ids import CaseId, CaseMessageId
from storage.cases.many import Chosen, Fate
from storage.cases.messages import Said
from storage.cases.table import Case

WHY_NOT: Mapping[Fate, str] = {
    Fate.GONE: N_("a case that no longer exists, or that you can't see"),
    Fate.NOT_IN_HAND: N_("not assigned to you: take it first"),
    Fate.CLOSED: N_("the case is closed"),
    Fate.IN_DANGER: N_("someone may be in danger: answer it by itself"),
    Fate.ANONYMOUS: N_("anonymous: nobody would get the answer"),
    Fate.BY_LEVELS: N_("decided level by level"),
    Fate.OTHER_DESK: N_("from another desk"),
    Fate.JOINED_ALREADY: N_("already part of a collective case"),
    Fate.JOINED_ELSEWHERE: N_("part of another collective case"),
    Fate.FULL: N_("the collective case is full"),
}
"""Why nothing was done with a case that was chosen."""
EMPTY_BLANKS = N_("still empty: {blanks}")
OTHER_DESKS_ANSWER = N_("the ready answer belongs to another desk")


@dataclass(frozen=True, slots=True)
class Ready:
    """A ready answer of a desk."""

    desk: str
    at: int
    canned: Canned

    @property
    def key(self) -> str:
        return f"{self.desk}/{self.at}"


@dataclass(frozen=True, slots=True)
class Text:
    """What is said: one text for all, or a ready answer in the language of each rider. `shared` are values of blanks
    for all cases, `own` those for one, by the names of the blanks."""

    text: str = ""
    ready: Ready | None = None
    shared: Mapping[str, str] | None = None
    own: Mapping[CaseId, Mapping[str, str]] | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """How it reads in a case, or why it does not go there. `asks` are blanks that a case fills in by itself, but not
    this one; `empty` those without a value."""

    row: Case | None
    text: str = ""
    why_not: str = ""
    asks: Sequence[str] = ()
    empty: Sequence[str] = ()

    @property
    def goes(self) -> bool:
        return not self.why_not


@dataclass(frozen=True, slots=True)
class Plan:
    """What happens with each case; `blanks` are those that are filled in for all at once."""

    cases: Sequence[Planned]
    blanks: Sequence[str]

    @property
    def going(self) -> list[Planned]:
        return [one for one in self.cases if one.goes]

    @property
    def digest(self) -> str:
        """Of what goes where: what is sent is what was looked at."""
        texts = [(one.row.id, one.text) for one in self.going if one.row is not None]
        return hashlib.sha256(json.dumps(texts).encode()).hexdigest()


async def chosen(talk: Talk, ids: Collection[CaseId]) -> list[Chosen]:
    """These cases, and which of them can be answered."""
    return await many.to_answer(talk.session, ids, talk.person.id, handled(talk))


def ready_for(talk: Talk, found: Sequence[Chosen]) -> list[Ready]:
    """The ready answers of the desks of those that can be answered."""
    rows = [one.row for one in found if one.row is not None and one.fate is Fate.READY]
    desks = [words.desk_of(talk.context, row) for row in rows]
    by_key = {desk.key: desk for desk in desks if desk is not None}
    return [Ready(key, at, one) for key, desk in by_key.items() for at, one in enumerate(desk.answers)]


def why_not(talk: Talk, one: Chosen) -> str:
    """In words; empty for one that is ready."""
    return talk._(WHY_NOT[one.fate]) if one.fate in WHY_NOT else ""


async def planned(talk: Talk, found: Sequence[Chosen], text: Text) -> Plan:
    """How the text reads in each of the cases."""
    cases = [await _planned(talk, one, text) for one in found]
    shared: dict[str, None] = {}
    for one in found:
        if one.row is not None and one.fate is Fate.READY:
            known = known_of(talk.session, one.row)
            shared.update(dict.fromkeys(name for name in await _blanks(talk, one.row, text) if name not in known))
    return Plan(cases, list(shared))


async def _wording(talk: Talk, row: Case, text: Text) -> str:
    return text.text if text.ready is None else await words_for(talk, row, text.ready.canned)


async def _blanks(talk: Talk, row: Case, text: Text) -> list[str]:
    if text.ready is not None and text.ready.desk != row.desk:
        return []
    return blanks_of(await _wording(talk, row, text))


async def _planned(talk: Talk, one: Chosen, text: Text) -> Planned:
    row = one.row
    if row is None or one.fate is not Fate.READY:
        return Planned(row, why_not=why_not(talk, one))
    if text.ready is not None and text.ready.desk != row.desk:
        return Planned(row, why_not=talk._(OTHER_DESKS_ANSWER))
    wording, known = await _wording(talk, row, text), known_of(talk.session, row)
    asks = [name for name in blanks_of(wording) if known.get(name) == ""]
    own = (text.own or {}).get(row.id, {})
    values = {**(text.shared or {}), **{name: value for name, value in known.items() if value}}
    values |= {name: own.get(name, "") for name in asks}
    empty = [name for name in blanks_of(wording) if not values.get(name)]
    said = talk._(EMPTY_BLANKS).format(blanks=", ".join(empty)) if empty else ""
    return Planned(row, filled(wording, values.get), said, asks, empty)


async def answer(talk: Talk, plan: Plan, seen: Mapping[CaseId, CaseMessageId]) -> None:
    """Says it in each case that it goes to. `seen` are the last messages that whoever sends it saw of them: what was
    said since by the same form is not said twice. The cases are held by then."""
    for one in plan.going:
        assert one.row is not None
        parts = [part.text for part in parts_of(Said(text=one.text))]
        if await case_messages.were_said(talk.session, one.row.id, talk.person.id, parts, seen[one.row.id]):
            continue
        await acts.answer(talk, one.row.id, one.text)
        await note(talk, CaseAction.ANSWERED_WITH_OTHERS, one.row)
