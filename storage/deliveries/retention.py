"""How long deliveries are kept, and what happens to a person's own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.deliveries.table import Delivery, State
from storage.privacy.retention import forget_some
from storage.telegram_ids import PersonId

KEPT = timedelta(days=30)


async def forget(session: AsyncSession, now: datetime) -> bool:
    """Drops some of the finished ones after KEPT. Those in order stay as long as what they are about: they say which
    message in a chat is the copy of which."""
    finished = (Delivery.state >= State.SENT) & (Delivery.done_at < now - KEPT)
    return await forget_some(session, Delivery, finished & ~Delivery.ordered)


async def forget_contents(session: AsyncSession, people: Select[PersonId], kinds: Sequence[str]) -> None:
    """Of notices of these kinds that these people have got, only that there was one is kept from now on, and not to
    whom: by its time it could be joined to what was done at that moment."""
    theirs = Delivery.recipient.in_(people) & Delivery.kind.in_(kinds) & (Delivery.state >= State.SENT)
    emptied = update(Delivery).where(theirs).values(recipient=-Delivery.id, message_id=None, params=None)
    await session.execute(emptied.execution_options(synchronize_session=False))


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[dict[str, object]]:
    rows = await session.scalars(select(Delivery).where(Delivery.recipient == person_id).order_by(Delivery.id))
    return [{"kind": row.kind, "due": row.due, "state": row.state.name.lower()} for row in rows]


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    """Forgets what waits for this person. Broadcasts keep the count, not the name of whoever is gone."""
    theirs = Delivery.recipient == person_id
    await session.execute(delete(Delivery).where(theirs, Delivery.broadcast_id.is_(None)))
    await session.execute(delete(Delivery).where(theirs, Delivery.state < State.SENT))
    await session.execute(update(Delivery).where(theirs).values(recipient=-Delivery.id, message_id=None, params=None))
