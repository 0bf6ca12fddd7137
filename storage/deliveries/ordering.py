"""The order of one person's messages, as far as the table keeps it: docs/delivery-order.md has the proof.

A delivery that is `ordered` is not claimed before those that were queued ahead of it for the same person are finished,
or are claimed with it. Which are ahead is told by the id. What `queue` and `put_off_the_rest` do to `due` is not needed
for that: it only keeps what must wait from being looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, FromClause, Select, bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from storage.deliveries.ids import DeliveryId
from storage.deliveries.table import NOTICE, UNFINISHED, Delivery, State
from storage.engine.fast_statements import run
from storage.telegram_ids import PersonId

_TABLE = Delivery.metadata.tables["deliveries"]


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


def _waits_its_turn() -> ColumnElement[bool]:
    ahead = _TABLE.alias("ahead")
    is_later = or_(ahead.c.due > bindparam("now"), ahead.c.due > _TABLE.c.due)
    goes_first = or_(ahead.c.state == State.CLAIMED, (ahead.c.state == State.WAITING) & is_later)
    return _TABLE.c.ordered & _ahead_of(ahead).where(goes_first).exists()


def _ahead_of(ahead: FromClause) -> Select[DeliveryId]:
    """What was queued for the same person before a row of the table."""
    return select(ahead.c.id).where(ahead.c.ordered, ahead.c.recipient == _TABLE.c.recipient, ahead.c.id < _TABLE.c.id)


def _overtaking() -> Select[DeliveryId]:
    ahead = _TABLE.alias("ahead")
    ids: BindParameter[DeliveryId] = bindparam("ids", expanding=True)
    earlier = _ahead_of(ahead).where(ahead.c.state.in_(UNFINISHED), ahead.c.id.not_in(ids))
    return select(_TABLE.c.id).where(_TABLE.c.id.in_(ids), earlier.exists())


WAITS_ITS_TURN = _waits_its_turn()
"""Whether something ahead of it is on its way, was put off, or is due later than `now` or than it (two transactions did
not see each other). So what is due is claimed in the order of the queue, however few are claimed."""
_OVERTAKING = _overtaking()


async def overtaking(session: AsyncSession, ids: Sequence[DeliveryId]) -> set[DeliveryId]:
    """Of these rows, which are about to be claimed, those that have something unfinished ahead of them that is not: it
    is locked by another transaction, so it was skipped."""
    return {row.id for row in await run(session, _OVERTAKING, {"ids": ids})}


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
