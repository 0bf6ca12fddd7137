"""Tips for other riders: the table and the operations on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from storage import sealed_columns
from storage.audit import AuditAction
from storage.column_types import BigKey, Sealed
from storage.database import Base
from storage.deliveries.notices import Notice
from storage.people.people import PersonRow
from storage.people.segments import Condition
from storage.privacy.retention import Retention, forget_some
from storage.refusals import Refused
from storage.telegram_ids import PersonId

KEPT = timedelta(days=7)


class TipAction(AuditAction):
    """What is done with other people's tips."""

    TIPS_READ = "tips_read"


class OneTipADay(Refused):
    """A person leaves one tip a day."""


@dataclass(frozen=True, slots=True)
class ThanksForATip(Notice):
    kind = "sample_thanks"


@dataclass(frozen=True)
class LeftATip(Condition):
    """Those who have left a tip that is still kept."""

    kind = "left_a_tip"

    def in_sql(self, _session: AsyncSession, _now: datetime) -> ColumnElement[bool]:
        return PersonRow.id.in_(select(Tip.person_id))


class SampleBase(DeclarativeBase):
    """Apart from the bot's own tables, so that tests which go through these do not meet it."""

    type_annotation_map = Base.type_annotation_map


class Tip(SampleBase):
    __tablename__ = "sample_tips"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    text: Mapped[bytes | None] = mapped_column(Sealed(("person_id",)), default=None)
    thanked: Mapped[bool] = mapped_column(default=False)


async def leave(session: AsyncSession, person_id: PersonId, text: str, now: datetime) -> int:
    """Keeps a tip; returns its id.

    Raises:
        OneTipADay: see the class.
    """
    today = select(Tip.id).where(Tip.person_id == person_id, Tip.at > now - timedelta(days=1))
    if await session.scalar(today) is not None:
        raise OneTipADay
    row = Tip(person_id=person_id, at=now)
    session.add(row)
    await session.flush()
    sealed_columns.seal(session, row, Tip.text, text.encode())
    return row.id


async def newest(session: AsyncSession) -> list[str]:
    rows = await session.scalars(select(Tip).order_by(Tip.id.desc()).limit(10))
    return [_text(session, row) for row in rows]


def _text(session: AsyncSession, row: Tip) -> str:
    return sealed_columns.opened(session, row, Tip.text).decode() if row.text is not None else ""


async def not_thanked(session: AsyncSession) -> list[Tip]:
    return list(await session.scalars(select(Tip).where(Tip.thanked.is_(False))))


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[dict[str, Any]]:
    rows = await session.scalars(select(Tip).where(Tip.person_id == person_id))
    return [{"at": row.at, "text": _text(session, row)} for row in rows]


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    await session.execute(delete(Tip).where(Tip.person_id == person_id))


async def forget(session: AsyncSession, now: datetime, _kept: Retention) -> bool:
    return await forget_some(session, Tip, Tip.at < now - KEPT)
