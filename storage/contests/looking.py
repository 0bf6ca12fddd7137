"""In which order somebody looks at entries: at random for each person, and the same whenever they come back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from storage.contests import entries
from storage.contests.entries import Entry
from storage.contests.ids import ContestId, EntryId
from storage.telegram_ids import PersonId


class Neighbours(NamedTuple):
    """Where an entry stands for somebody, from 1 to `total`, and what comes before and after it, in a circle."""

    number: int
    total: int
    before: EntryId
    after: EntryId


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
