"""Who shares their hourly pay with the pool, and up to which week their book has been looked at.

That is all that stands about a person: not whether a week had anything to count, and no figure. A row exists as long as
the consent does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage import sealed_columns
from storage.column_types import Sealed
from storage.database import Base
from storage.pay import sums
from storage.privacy import consents
from storage.refusals import Repeated
from storage.sealed_json import SealedJson
from storage.telegram_ids import PersonId

PURPOSE, VERSION = "pay_pool", 1
"""What has to be agreed to. Who agreed to an older version is not counted until they agree again."""


class NotInPool(Repeated):
    """They do not share their pay, or no longer."""


class PoolMember(Base):
    __tablename__ = "pay_pool_members"

    person_id: Mapped[PersonId] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int]
    looked_to: Mapped[date] = mapped_column(index=True)
    """The Monday of the last week for which their book was looked at, or would have been before they joined."""
    content: Mapped[bytes] = mapped_column(Sealed)


@dataclass(frozen=True, slots=True)
class Content:
    """`district`: where they mostly work, as the config names it; "" if they did not say."""

    district: str = ""


_JSON = SealedJson(Content)


async def join(session: AsyncSession, person_id: PersonId, today: date, now: datetime) -> None:
    """They agree: this week is the first that is counted."""
    await consents.give(session, person_id, PURPOSE, VERSION, now)
    row = await session.get(PoolMember, person_id)
    if row is not None and row.version == VERSION:
        return
    if row is None:
        row = PoolMember(person_id=person_id, content=b"")
        session.add(row)
    row.version = VERSION
    row.looked_to = sums.week_of(today) - timedelta(weeks=1)
    sealed_columns.seal(session, row, PoolMember.content, _JSON.encode(Content()))


async def leave(session: AsyncSession, person_id: PersonId, now: datetime) -> None:
    """They take their consent back. What was counted is only a number by then, and stays."""
    await consents.withdraw(session, person_id, PURPOSE, now)
    await erase(session, person_id)


async def is_in(session: AsyncSession, person_id: PersonId) -> bool:
    row = await session.get(PoolMember, person_id)
    return row is not None and row.version == VERSION


async def district_of(session: AsyncSession, person_id: PersonId) -> str:
    """Raises NotInPool."""
    return content_of(session, await _row(session, person_id)).district


async def set_district(session: AsyncSession, person_id: PersonId, district: str) -> None:
    """Raises NotInPool."""
    row = await _row(session, person_id)
    sealed_columns.seal(session, row, PoolMember.content, _JSON.encode(Content(district)))


def content_of(session: AsyncSession, row: PoolMember) -> Content:
    return _JSON.decode(sealed_columns.opened(session, row, PoolMember.content))


async def some_to_look_at(session: AsyncSession, week: date, limit: int) -> list[PoolMember]:
    """Of those whose books have not been looked at for this week."""
    found = await session.scalars(
        select(PoolMember)
        .where(PoolMember.version == VERSION, PoolMember.looked_to < week)
        .order_by(PoolMember.person_id)
        .limit(limit)
        .with_for_update()
    )
    return list(found)


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[dict[str, object]]:
    row = await session.get(PoolMember, person_id)
    return [] if row is None else [{"district": content_of(session, row).district, "looked_to": row.looked_to}]


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    await session.execute(delete(PoolMember).where(PoolMember.person_id == person_id))


async def _row(session: AsyncSession, person_id: PersonId) -> PoolMember:
    row = await session.get(PoolMember, person_id)
    if row is None or row.version != VERSION:
        raise NotInPool
    return row
