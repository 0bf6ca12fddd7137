"""Changing and deleting messages that have arrived."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.broadcasts.ids import BroadcastId
from storage.deliveries.queue import insert_from
from storage.deliveries.table import NOTICE, Delivery, State
from storage.telegram_ids import MessageId, PersonId

CORRECTION, RECALL = "correct", "recall"
"""The kinds of these deliveries: a broadcast's new text, and the deletion of a message."""


async def recall(session: AsyncSession, recipient: PersonId, message_id: MessageId, now: datetime) -> None:
    """Queues the deletion of one message."""
    session.add(Delivery(recipient=recipient, priority=NOTICE, due=now, kind=RECALL, target=message_id))
    await session.flush()


async def correct_broadcast(
    session: AsyncSession, broadcast_id: BroadcastId, revision: int, since: datetime, now: datetime
) -> int:
    """Queues a change of each of its messages that arrived since then; returns how many."""
    return await insert_from(session, _arrived(broadcast_id, since), kind=CORRECTION, due=now, revision=revision)


async def recall_broadcast(session: AsyncSession, broadcast_id: BroadcastId, since: datetime, now: datetime) -> int:
    """Queues the deletion of each of its messages that arrived since then; returns how many."""
    return await insert_from(session, _arrived(broadcast_id, since), kind=RECALL, due=now)


def _arrived(broadcast_id: BroadcastId, since: datetime) -> Select[int, int, int | None, int | None]:
    return select(
        Delivery.recipient, Delivery.priority, Delivery.broadcast_id.label("about"), Delivery.message_id.label("target")
    ).where(
        Delivery.broadcast_id == broadcast_id,
        Delivery.state == State.SENT,
        Delivery.done_at > since,
        Delivery.message_id.is_not(None),
    )
