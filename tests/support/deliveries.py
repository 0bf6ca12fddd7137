"""What became of the messages that the bot queued."""

from __future__ import annotations

from sqlalchemy import select

from storage.deliveries.table import UNFINISHED, Delivery, State
from storage.telegram_ids import PersonId
from tests.support.simulator import Town


async def settled(town: Town, recipient: PersonId) -> list[State]:
    """What became of everything for this person, once nothing of it waits."""

    async def is_settled() -> bool:
        async with town.database.reading() as session:
            waiting = select(Delivery.id).where(Delivery.recipient == recipient, Delivery.state.in_(UNFINISHED))
            return (await session.scalar(waiting)) is None

    town.deliver()
    await town.until_true(is_settled)
    async with town.database.reading() as session:
        states = select(Delivery.state).where(Delivery.recipient == recipient).order_by(Delivery.id)
        return list(await session.scalars(states))
