"""Who may look at entries and when; and in which order: at random for each person, and the same whenever they come
back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from storage.contests import contests, entries, judges
from storage.contests.contests import Contest, Phase
from storage.contests.entries import Entry, EntryState, NoSuchEntry
from storage.contests.ids import ContestId, EntryId
from storage.phases import State
from storage.refusals import Refused
from storage.telegram_ids import PersonId


class JudgesDoNotLook(Refused):
    """What everybody looks at says whose it is, which a judge sees with the result."""


class Viewer(NamedTuple):
    """`runs_contests`: they take down what breaks the rules, so they look at entries while these are judged, too."""

    person_id: PersonId
    runs_contests: bool


class Neighbours(NamedTuple):
    """Where an entry stands for somebody, from 1 to `total`, and what comes before and after it, in a circle."""

    number: int
    total: int
    before: EntryId
    after: EntryId


def are_open(contest: Contest) -> bool:
    """Whether everybody may look at the entries: from the vote on; without one, from the result on."""
    if contest.state is State.PREPARED or contest.phase is None:
        return False
    if contest.phase is Phase.JUDGING and contest.state is not State.ENDED:
        return contests.settings_of(contest).public_weight > 0
    return contest.phase in (Phase.VOTE, Phase.JUDGING, Phase.RESULT) or contest.state is State.ENDED


async def may_look(session: AsyncSession, contest: Contest, viewer: Viewer) -> bool:
    """Whether this person may look at the entries now."""
    return _are_open_to(contest, viewer) and not await _is_blind(session, contest, viewer)


async def require_may_look(session: AsyncSession, contest: Contest, viewer: Viewer) -> None:
    """Raises NoSuchEntry, JudgesDoNotLook: see the classes."""
    if not _are_open_to(contest, viewer):
        raise NoSuchEntry
    if await _is_blind(session, contest, viewer):
        raise JudgesDoNotLook


def _are_open_to(contest: Contest, viewer: Viewer) -> bool:
    return are_open(contest) or (viewer.runs_contests and contest.phase is Phase.JUDGING)


async def _is_blind(session: AsyncSession, contest: Contest, viewer: Viewer) -> bool:
    is_decided = contest.phase is Phase.RESULT or contest.state is State.ENDED
    return not is_decided and await judges.find(session, contest.id, viewer.person_id) is not None


async def find(session: AsyncSession, entry_id: EntryId, viewer: Viewer) -> Entry:
    """An entry at which this person may look. Raises NoSuchEntry, JudgesDoNotLook: see the classes."""
    row = await entries.find(session, entry_id)
    await require_may_look(session, await contests.find(session, row.contest_id), viewer)
    if row.state is not EntryState.SHOWN:
        raise NoSuchEntry
    return row


def shuffled(ids: Iterable[EntryId], person_id: PersonId) -> list[EntryId]:
    """In this person's order."""
    mine = str(person_id).encode()
    return sorted(ids, key=lambda one: hashlib.blake2b(b"%d" % one, key=mine, digest_size=8).digest())


async def order_for(session: AsyncSession, contest_id: ContestId, category: int, person_id: PersonId) -> list[EntryId]:
    """The entries of a category that everybody may look at, in this person's order."""
    return shuffled(await entries.shown(session, contest_id, category), person_id)


async def neighbours(session: AsyncSession, row: Entry, person_id: PersonId) -> Neighbours:
    """Of an entry that is shown."""
    order = await order_for(session, row.contest_id, row.category, person_id)
    at = order.index(row.id)
    return Neighbours(at + 1, len(order), order[at - 1], order[(at + 1) % len(order)])
