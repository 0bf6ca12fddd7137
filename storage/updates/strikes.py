"""Updates that were in hand when a process died or hung. One that did so twice is set aside.

It is a strike if the update was the only one in hand, or if the watchdog saw that it held the loop. Of several in
hand, each is only suspected (a row without a strike): it is then handled with no other beside it, so that the next
death tells who it was. Nobody's update is set aside because it was in hand beside a bad one, or when the process was
killed from outside: that would have to happen twice while the same one is in hand alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import SmallInteger, String, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.coordination import change_counters
from storage.database import Base
from storage.dialects import insert_into
from storage.pseudonym_columns import Pseudonym
from storage.updates.ids import UpdateKey

SET_ASIDE_AT = 2
KEPT = timedelta(hours=48)
"""Telegram hands an update over for 24 h; twice that is surely enough."""
VERSION = "strikes"


class Strike(Base):
    """`key` is a digest of the update (bot/updates/update_lookup). Nothing tells who sent it, or what it said."""

    __tablename__ = "update_strikes"

    key: Mapped[UpdateKey] = mapped_column(Pseudonym, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20))
    handler: Mapped[str] = mapped_column(String(60))
    place: Mapped[str] = mapped_column(String(120))
    count: Mapped[int] = mapped_column(SmallInteger)
    crash: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(index=True)


class Suspect(NamedTuple):
    """An update in hand: its kind (message, callback_query), the handler if it got so far, and the line of code that
    held the loop, if it was seen there."""

    key: UpdateKey
    kind: str
    handler: str
    place: str = ""


class Crash(NamedTuple):
    """The end of a process. `name` is its own, so that it counts once; `is_certain`: the one suspect did it."""

    name: str
    suspects: Sequence[Suspect]
    is_certain: bool


async def note(session: AsyncSession, crash: Crash, now: datetime) -> list[Suspect]:
    """Counts a crash against who was in hand; returns those that are set aside from now on."""
    found = [one for one in crash.suspects if await _note(session, crash, one, now)]
    if crash.suspects:
        await change_counters.raise_version(session, VERSION)
    return found


async def _note(session: AsyncSession, crash: Crash, one: Suspect, now: datetime) -> bool:
    handler, place = one.handler[:60], one.place[:120]
    statement = insert_into(session, Strike).values(
        key=one.key, kind=one.kind[:20], handler=handler, place=place, count=0, crash="", at=now
    )
    await session.execute(statement.on_conflict_do_nothing())
    row = await session.get_one(Strike, one.key, with_for_update=True)
    if row.crash == crash.name:
        return False
    before = row.count
    row.count = before + crash.is_certain
    row.crash, row.handler, row.place, row.at = crash.name, handler, place, now
    return before < SET_ASIDE_AT <= row.count


async def read(session: AsyncSession) -> dict[UpdateKey, int]:
    """How many strikes each suspect has."""
    found = await session.execute(select(Strike.key, Strike.count.label("strikes")))
    return {row.key: row.strikes for row in found}


async def clear(session: AsyncSession, keys: Sequence[UpdateKey]) -> None:
    """These were handled, and nothing happened."""
    await session.execute(delete(Strike).where(Strike.key.in_(keys), Strike.count < SET_ASIDE_AT))


async def forget(session: AsyncSession, now: datetime) -> None:
    """Drops those that Telegram can no longer hand over."""
    await session.execute(delete(Strike).where(Strike.at < now - KEPT))
