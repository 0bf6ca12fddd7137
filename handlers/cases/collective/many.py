"""Joining several cases that somebody chose from a list: each by itself, and what became of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from handlers.cases.collective import collective_acts
from handlers.cases.desk_access import handled
from handlers.chat.talk import Talk
from storage.cases import collectives, many
from storage.cases.cases import CaseClosed
from storage.cases.collectives import CollectiveCase
from storage.cases.ids import CaseId, CollectiveId
from storage.cases.joining import CollectiveFull, JoinedElsewhere
from storage.cases.many import Chosen, Fate
from storage.cases.table import NoSuchCase


class Joined(NamedTuple):
    """`collective` is None if none of the cases could be joined."""

    collective: CollectiveCase | None
    cases: Sequence[Chosen]


async def chosen(talk: Talk, ids: Collection[CaseId]) -> list[Chosen]:
    """These cases, and which of them can be joined."""
    return await many.to_join(talk.session, ids, talk.person.id, handled(talk))


async def known(talk: Talk, found: Sequence[Chosen]) -> Sequence[CollectiveCase]:
    """To which they can be joined."""
    desk = next((one.row.desk for one in found if one.row is not None and one.fate is Fate.READY), None)
    if desk is None or desk not in handled(talk):
        return ()
    return await collectives.of_desk(talk.session, desk, talk.person.id)


async def join(talk: Talk, ids: Collection[CaseId], collective_id: CollectiveId) -> Joined:
    """To one that is there. Raises NoSuchCase: not for this handler."""
    await many.hold(talk.session, ids)
    collective = await collective_acts.found(talk, collective_id)
    found = await chosen(talk, ids)
    return Joined(collective, [await _joined(talk, one, collective) for one in found])


async def begin(talk: Talk, ids: Collection[CaseId], title: str) -> Joined:
    """To a new one, which is made of the first that can be joined."""
    await many.hold(talk.session, ids)
    found = await chosen(talk, ids)
    first = next((one.row for one in found if one.row is not None and one.fate is Fate.READY), None)
    if first is None:
        return Joined(None, found)
    collective = await collective_acts.begin(talk, first.id, title)
    return Joined(
        collective,
        [one if one.row is first else await _joined(talk, one, collective) for one in found],
    )


async def _joined(talk: Talk, one: Chosen, collective: CollectiveCase) -> Chosen:
    row = one.row
    if row is not None and one.fate is Fate.JOINED_ALREADY and row.collective_id == collective.id:
        return Chosen(row, Fate.READY)  # the second of two taps
    if row is None or one.fate is not Fate.READY:
        return one
    try:
        await collective_acts.join(talk, row.id, collective.id)
    except CollectiveFull:
        return Chosen(row, Fate.FULL)
    except JoinedElsewhere:
        return Chosen(row, Fate.JOINED_ELSEWHERE)
    except CaseClosed:
        return Chosen(row, Fate.CLOSED)
    except NoSuchCase:
        return Chosen(row, Fate.OTHER_DESK)
    return one
