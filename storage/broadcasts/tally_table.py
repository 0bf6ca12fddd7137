"""What was counted of the deliveries of a broadcast (see tallies.py)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import orjson
from sqlalchemy import BigInteger, ForeignKey, String, Text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.broadcasts.ids import BroadcastId
from storage.database import Base
from storage.deliveries.table import State


class Tally(Base):
    """What was settled up to a moment."""

    __tablename__ = "broadcast_tallies"

    broadcast_id: Mapped[BroadcastId] = mapped_column(
        BigInteger, ForeignKey("broadcasts.id"), primary_key=True, autoincrement=False
    )
    until: Mapped[datetime]
    counts: Mapped[str] = mapped_column(String(200))
    """JSON: by the number of the state."""
    curve: Mapped[str] = mapped_column(Text)
    """JSON: [moment, how many had got it by then], the earliest first."""
    read: Mapped[int] = mapped_column(default=0)
    """Who had confirmed by then that they read it."""

    @property
    def by_state(self) -> dict[State, int]:
        return {State(int(number)): count for number, count in orjson.loads(self.counts).items()}

    @property
    def points(self) -> list[tuple[datetime, int]]:
        return [(datetime.fromisoformat(moment), count) for moment, count in orjson.loads(self.curve)]


def as_kept(counts: Mapping[State, int]) -> str:
    return orjson.dumps({str(int(state)): count for state, count in counts.items() if count}).decode()


async def find(session: AsyncSession, broadcast_id: BroadcastId) -> Tally | None:
    return await session.get(Tally, broadcast_id, populate_existing=True)


async def failed_again(session: AsyncSession, broadcast_id: BroadcastId) -> None:
    """What had failed is none of that any more: it waits again, or was given up just now."""
    tally = await find(session, broadcast_id)
    if tally is not None:
        tally.counts = as_kept({state: count for state, count in tally.by_state.items() if state is not State.FAILED})
