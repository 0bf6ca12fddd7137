"""Changing and deleting messages that have arrived."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from storage.broadcasts.ids import BroadcastId
from storage.deliveries.queue import insert_from
from storage.deliveries.table import NOTICE, Delivery, State
from storage.telegram_ids import NOBODY, MessageId, PersonId

CORRECTION, RECALL = "correct", "recall"
"""The kinds of these deliveries: a broadcast's new text, and the deletion of a message."""


async def recall(session: AsyncSession, recipient: PersonId, message_id: MessageId, now: datetime) -> None:
    """Queues the deletion of one message."""
    session.add(Delivery(recipient=recipient, priority=NOTICE, due=now, kind=RECALL, target=message_id))
    await session.flush()


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to the messages of a broadcast that arrived since then: `kind` is CORRECTION, to this revision, or
    RECALL. Decided on at `at`."""

    kind: str
    broadcast_id: BroadcastId
    revision: int
    since: datetime
    at: datetime


async def change_some(session: AsyncSession, change: Change, after: PersonId, limit: int) -> PersonId | None:
    """Queues the change of each of these messages among the next `limit` recipients of the broadcast. Returns the last
    of these recipients; None once there are no more.

    Before and after are as the database orders what it holds, which are pseudonyms; NOBODY is before all.
    """
    theirs = true() if after == NOBODY else Delivery.recipient > after
    # Chosen from these alone: else SQLite looks for them among all that have arrived, of every broadcast.
    some = (
        select(
            Delivery.recipient,
            Delivery.priority,
            Delivery.broadcast_id.label("about"),
            Delivery.message_id.label("target"),
            Delivery.state,
            Delivery.done_at,
        )
        .where(Delivery.broadcast_id == change.broadcast_id, theirs)
        .order_by(Delivery.recipient)
        .limit(limit)
        .subquery()
    ).c
    count, last = (await session.execute(select(func.count(), func.max(some.recipient)))).one()
    arrived = select(some.recipient, some.priority, some.about, some.target).where(
        some.state == State.SENT, some.target.is_not(None), some.done_at > change.since
    )
    revision = change.revision if change.kind == CORRECTION else None
    await insert_from(session, arrived, kind=change.kind, due=change.at, revision=revision)
    return PersonId(last) if count == limit else None
