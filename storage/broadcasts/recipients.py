"""To whom a broadcast goes: counting them, and writing them down chunk by chunk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, false, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.broadcasts.broadcasts import PRIORITY, Broadcast, BroadcastState
from storage.database import apart
from storage.deliveries.of_broadcasts import BROADCAST
from storage.deliveries.queue import insert_from
from storage.deliveries.table import Delivery
from storage.people import segments, willing
from storage.people.people import PersonRow
from storage.people.segments import Segment
from storage.people.topics import Mute, Topic, muted_among
from storage.telegram_ids import NOBODY, PersonId

CHUNK, CHUNK_READ = 5_000, 500
"""People who are looked at in one step, by the database alone and where their rows are read: some 20 ms."""


@dataclass(frozen=True, slots=True)
class Audience:
    """How many a broadcast would go to, and how many it leaves out."""

    reached: int
    unreachable: int
    muted: int


async def audience(session: AsyncSession, segment: Segment, topic: Topic, now: datetime) -> Audience:
    """Counts without writing anything down."""
    with apart(session):
        if segment.reads_rows:
            return await _looked_through(session, segment, topic, now)
        everybody, unreachable, muted = await segments.counts(
            session, segment, now, ~PersonRow.reachable, _mutes(topic)
        )
        return Audience(everybody - unreachable - muted, unreachable, muted)


def _mutes(topic: Topic) -> ColumnElement[bool]:
    """Who can be reached, but does not want to hear of it."""
    if topic is Topic.URGENT:
        return false()
    return PersonRow.reachable & PersonRow.id.in_(select(Mute.person_id).where(Mute.topic == topic))


async def _looked_through(session: AsyncSession, segment: Segment, topic: Topic, now: datetime) -> Audience:
    """The same where the database alone can't decide. Each page lets others have their turn."""
    reached = unreachable = muted = 0
    async for rows in segments.pages(session, segment, now):
        muted_ids = await muted_among(session, [row.id for row in rows], topic)
        unreachable += sum(not row.reachable for row in rows)
        muted += sum(row.reachable and row.id in muted_ids for row in rows)
        reached += sum(row.reachable and row.id not in muted_ids for row in rows)
    return Audience(reached, unreachable, muted)


async def freeze_chunk(session: AsyncSession, row: Broadcast, now: datetime) -> bool:
    """Writes down the next recipients, in the order of the table; True once all are there and it runs.

    Who joins or leaves while this goes on makes no gap and no double: each id is looked at once. Those who have been
    written down already stay as they are: the migration to pseudonyms (0013) changed the order, and let broadcasts that
    it met start over.
    """
    segment = Segment.parse(row.segment)
    last = await segments.end_of_page(session, row.frozen_to, CHUNK_READ if segment.reads_rows else CHUNK)
    if last is None:
        row.state, row.frozen_to = BroadcastState.RUNNING, NOBODY
        return True
    if not segment.reads_rows and not row.spread_seconds:
        row.total += await _freeze_in_sql(session, row, segment, last, now)
    else:
        found = await willing.among(session, segment, row.topic, row.frozen_to, last, now)
        there = await _there(session, row, last)
        row.total += await _freeze_ids(session, row, [one for one in found if one not in there])
    row.frozen_to = last
    return False


async def _there(session: AsyncSession, row: Broadcast, last: PersonId) -> set[PersonId]:
    """Who of the next people has been written down already."""
    theirs = Delivery.recipient.in_(select(PersonRow.id).where(segments.between(row.frozen_to, last)))
    return set(await session.scalars(select(Delivery.recipient).where(Delivery.broadcast_id == row.id, theirs)))


async def _freeze_in_sql(session: AsyncSession, row: Broadcast, segment: Segment, last: PersonId, now: datetime) -> int:
    return await insert_from(
        session,
        willing.chosen(session, segment, row.topic, row.frozen_to, last, now),
        kind=BROADCAST,
        priority=PRIORITY,
        due=row.starts_at,
        broadcast_id=row.id,
    )


async def _freeze_ids(session: AsyncSession, row: Broadcast, ids: Sequence[PersonId]) -> int:
    if ids:
        common = {"priority": PRIORITY, "kind": BROADCAST, "broadcast_id": row.id}
        connection = await session.connection()
        await connection.execute(
            Delivery.metadata.tables["deliveries"].insert(),
            [{"recipient": person_id, "due": _due(row, person_id), **common} for person_id in ids],
        )
    return len(ids)


def _due(row: Broadcast, person_id: PersonId) -> datetime:
    """Where a broadcast is spread, each person has a moment of their own, by a mix of their id."""
    share = (person_id * 2_654_435_761 + row.id) % 65_536 / 65_536
    return row.starts_at + timedelta(seconds=row.spread_seconds * share)
