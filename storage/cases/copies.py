"""The copies of a case's messages in people's chats: deliveries of the kinds that keep their order, whose
`subject` is the message of the case."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.deliveries import CASE_MESSAGE, Delivery, State, is_in_order


async def queue(session: AsyncSession, recipient: int, kind: str, subject: int, now: datetime) -> None:
    """Queues what is read of its subject when it is sent. It is not due before what this person is still to get."""
    last = await session.scalar(
        select(func.max(Delivery.due)).where(
            is_in_order(Delivery), Delivery.recipient == recipient, Delivery.state.in_((State.WAITING, State.CLAIMED))
        )
    )
    due = now if last is None else max(now, last)
    session.add(Delivery(recipient=recipient, priority=1, due=due, kind=kind, subject=subject))
    await session.flush()


async def message_at(session: AsyncSession, recipient: int, message_id: int) -> int | None:
    """Of which message of a case this one in a person's chat is the copy."""
    return await session.scalar(
        select(Delivery.subject)
        .where(
            is_in_order(Delivery),
            Delivery.recipient == recipient,
            Delivery.state == State.SENT,
            Delivery.message_id == message_id,
            Delivery.kind == CASE_MESSAGE,
        )
        .limit(1)
    )


async def place(session: AsyncSession, recipient: int, subject: int) -> int | None:
    """As which message a message of a case stands in a person's chat."""
    return await session.scalar(
        select(Delivery.message_id)
        .where(
            is_in_order(Delivery),
            Delivery.subject == subject,
            Delivery.recipient == recipient,
            Delivery.kind == CASE_MESSAGE,
            Delivery.message_id.is_not(None),
        )
        .order_by(Delivery.id.desc())
        .limit(1)
    )


async def take_back(session: AsyncSession, recipient: int, kind: str, subject: int) -> bool:
    """Takes back what has not gone out yet; False if it may have."""
    result = await session.execute(
        update(Delivery)
        .where(
            is_in_order(Delivery),
            Delivery.subject == subject,
            Delivery.recipient == recipient,
            Delivery.kind == kind,
            Delivery.state.in_((State.WAITING, State.UNREACHABLE)),
        )
        .values(state=State.CANCELLED)
        .returning(Delivery.id)
    )
    return bool(result.all())


async def strip(session: AsyncSession, subjects: Select[int]) -> None:
    """Forgets the copies of these messages of cases."""
    await session.execute(delete(Delivery).where(is_in_order(Delivery), Delivery.subject.in_(subjects)))


async def deliver_after_all(session: AsyncSession, recipient: int, now: datetime) -> None:
    """The person can be reached again: what they missed of their cases waits anew, in its order."""
    await session.execute(
        update(Delivery)
        .where(
            is_in_order(Delivery),
            Delivery.recipient == recipient,
            Delivery.state.in_((State.UNREACHABLE, State.WAITING)),
        )
        .values(state=State.WAITING, due=now, done_at=None)
    )
