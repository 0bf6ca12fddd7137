"""The order of one person's messages, as far as the table keeps it: docs/delivery-order.md has the proof.

A delivery that is `ordered` is not claimed before those that were queued ahead of it for the same person are finished,
or are claimed with it. Which are ahead is told by the id. What `queue` and `put_off_the_rest` do to `due` is not needed
for that: it only keeps what must wait from being looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from storage.deliveries.ids import DeliveryId
from storage.deliveries.table import NOTICE, UNFINISHED, Delivery, State
from storage.telegram_ids import PersonId


async def queue(session: AsyncSession, recipient: PersonId, kind: str, subject: int, now: datetime) -> None:
    """Queues what is read of its subject when it is sent. It is not due before what this person is still to get."""
    last = await session.scalar(
        select(func.max(Delivery.due)).where(
            Delivery.ordered, Delivery.recipient == recipient, Delivery.state.in_(UNFINISHED)
        )
    )
    due = now if last is None else max(now, last)
    session.add(Delivery(recipient=recipient, priority=NOTICE, due=due, kind=kind, subject=subject, ordered=True))
    await session.flush()


async def deliver_after_all(session: AsyncSession, recipient: PersonId, now: datetime) -> None:
    """The person can be reached again: what they missed waits once more, in its order."""
    await session.execute(
        update(Delivery)
        .where(
            Delivery.ordered,
            Delivery.recipient == recipient,
            Delivery.state.in_((State.UNREACHABLE, State.WAITING)),
        )
        .values(state=State.WAITING, due=now, done_at=None)
    )


def waits_its_turn(now: datetime) -> ColumnElement[bool]:
    """Whether something ahead of it is on its way, was put off, or is due later (two transactions did not see each
    other). So what is due is claimed in the order of the queue, however few are claimed."""
    ahead = aliased(Delivery)
    is_later = or_(ahead.due > now, ahead.due > Delivery.due)
    goes_first = or_(ahead.state == State.CLAIMED, (ahead.state == State.WAITING) & is_later)
    earlier = select(ahead.id).where(
        ahead.ordered, ahead.recipient == Delivery.recipient, ahead.id < Delivery.id, goes_first
    )
    return Delivery.ordered & earlier.exists()


async def overtaking(session: AsyncSession, ids: Sequence[DeliveryId]) -> set[DeliveryId]:
    """Of these rows, which are about to be claimed, those that have something unfinished ahead of them that is not: it
    is locked by another transaction, so it was skipped."""
    ahead = aliased(Delivery)
    earlier = select(ahead.id).where(
        ahead.ordered,
        ahead.recipient == Delivery.recipient,
        ahead.id < Delivery.id,
        ahead.state.in_(UNFINISHED),
        ahead.id.not_in(ids),
    )
    return set(await session.scalars(select(Delivery.id).where(Delivery.id.in_(ids), earlier.exists())))


async def put_off_the_rest(session: AsyncSession, delivery_id: DeliveryId, due: datetime) -> None:
    """What was queued after a delivery that was put off is not due before it."""
    this = aliased(Delivery)
    recipient = select(this.recipient).where(this.id == delivery_id, this.ordered).scalar_subquery()
    await session.execute(
        update(Delivery)
        .where(
            Delivery.ordered,
            Delivery.recipient == recipient,
            Delivery.id > delivery_id,
            Delivery.state.in_(UNFINISHED),
            Delivery.due < due,
        )
        .values(due=due)
        .execution_options(synchronize_session=False)
    )
