"""To whom a broadcast goes: counting them, and writing them down chunk by chunk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.broadcasts.broadcasts import PRIORITY, Broadcast, BroadcastState
from storage.broadcasts.topics import Mute, Topic, muted_among
from storage.deliveries.of_broadcasts import BROADCAST
from storage.deliveries.queue import insert_from
from storage.deliveries.table import Delivery
from storage.people import segments
from storage.people.people import PersonRow
from storage.people.segments import Segment
from storage.telegram_ids import PersonId

CHUNK = 20_000


@dataclass(frozen=True, slots=True)
class Audience:
    """How many a broadcast would go to, and how many it leaves out."""

    reached: int
    unreachable: int
    muted: int


async def audience(session: AsyncSession, segment: Segment, topic: Topic, now: datetime) -> Audience:
    """Counts without writing anything down."""
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
    it met begin anew.
    """
    segment = Segment.parse(row.segment)
    last = await segments.end_of_page(session, row.frozen_to, CHUNK)
    if last is None:
        row.state = BroadcastState.RUNNING
        return True
    if not segment.reads_rows and not row.spread_seconds:
        row.total += await _freeze_in_sql(session, row, segment, last, now)
    else:
        found = await segments.page(session, segment, row.frozen_to, last, now)
        left_out = await muted_among(session, [one.id for one in found], row.topic) | await _there(session, row, last)
        chosen = [one.id for one in found if one.reachable and one.id not in left_out]
        row.total += await _freeze_ids(session, row, chosen)
    row.frozen_to = last
    return False


async def _there(session: AsyncSession, row: Broadcast, last: PersonId) -> set[PersonId]:
    """Who of the next people has been written down already."""
    theirs = Delivery.recipient.in_(select(PersonRow.id).where(segments.between(row.frozen_to, last)))
    return set(await session.scalars(select(Delivery.recipient).where(Delivery.broadcast_id == row.id, theirs)))


async def _freeze_in_sql(session: AsyncSession, row: Broadcast, segment: Segment, last: PersonId, now: datetime) -> int:
    conditions = [
        segments.between(row.frozen_to, last),
        PersonRow.reachable,
        *segment.in_sql(session, now),
    ]
    if row.topic != Topic.URGENT:
        muted = select(Mute.person_id).where(Mute.topic == row.topic)
        conditions.append(PersonRow.id.not_in(muted))
    return await insert_from(
        session,
        select(PersonRow.id.label("recipient")).where(*conditions),
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
