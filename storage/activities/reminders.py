"""What somebody is to be told at a time: one row a person, subject and lead; the same table and tick for every feature.

A row that has come due becomes a delivery, by one statement for a thousand, and is gone; so each comes once, whatever
restarts in between. A row is worth sending until `expires_at`: if the bot was down over its time it is sent late until
then, and never after.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Index,
    String,
    Table,
    UniqueConstraint,
    bindparam,
    delete,
    func,
    literal,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.column_types import BigKey
from storage.coordination import wake_ups
from storage.coordination.wake_ups import WakeUp
from storage.database import Base
from storage.deliveries.queue import insert_from
from storage.deliveries.table import REMINDER
from storage.dialects import insert_into
from storage.engine.fast_statements import run
from storage.hours.quiet_hours import QuietHours
from storage.telegram_ids import PersonId

BATCH = 1_000


class Reminder(Base):
    __tablename__ = "reminders"
    __table_args__ = (
        UniqueConstraint("kind", "subject", "person_id", "lead"),
        Index("ix_reminders_due", "due", "id"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(20))
    subject: Mapped[int] = mapped_column(BigInteger)
    lead: Mapped[int]
    due: Mapped[datetime]
    expires_at: Mapped[datetime]


def due_of(at: datetime, lead: timedelta, quiet: QuietHours) -> datetime:
    """`lead` before `at`; where that is in quiet hours, before they begin."""
    moment = at - lead
    began = quiet.began(moment)
    return moment if began is None else began - timedelta(minutes=1)


async def add(
    session: AsyncSession,
    person_id: PersonId,
    kind: str,
    subject: int,
    at: datetime,
    leads: Sequence[timedelta],
    now: datetime,
    quiet: QuietHours,
) -> list[timedelta]:
    """Reminds a person before `at`. Leads whose time has passed are left out; returns those that stand now."""
    ahead = [lead for lead in leads if due_of(at, lead, quiet) > now]
    rows = [
        {
            "person_id": person_id,
            "kind": kind,
            "subject": subject,
            "lead": int(lead.total_seconds()),
            "due": due_of(at, lead, quiet),
            "expires_at": at,
        }
        for lead in ahead
    ]
    if rows:
        await session.execute(insert_into(session, Reminder).on_conflict_do_nothing(), rows)
        wake_ups.request(session, WakeUp.REMINDERS)
    return ahead


async def drop(session: AsyncSession, kind: str, subject: int, person_id: PersonId | None = None) -> None:
    """Of one person, or of all."""
    values = {"kind": kind, "subject": subject}
    if person_id is None:
        await run(session, _DROP, values)
    else:
        await run(session, _DROP_OF_ONE, {**values, "person": person_id})


def _due(now: datetime) -> ColumnElement[bool]:
    return Reminder.due <= now


_TABLE = cast(Table, Reminder.__table__)
_NEXT_DUE = select(_TABLE.c.due).order_by(_TABLE.c.due, _TABLE.c.id).limit(1)
"""The first entry of the index, whatever a planner believes of how many are due."""
_DROP = _TABLE.delete().where(_TABLE.c.kind == bindparam("kind"), _TABLE.c.subject == bindparam("subject"))
_DROP_OF_ONE = _DROP.where(_TABLE.c.person_id == bindparam("person"))


async def are_due(session: AsyncSession, now: datetime) -> bool:
    """Only reads."""
    due = await next_due(session)
    return due is not None and due <= now


async def next_due(session: AsyncSession) -> datetime | None:
    """Returns when the next reminder is due; None if none waits."""
    found: datetime | None = (await run(session, _NEXT_DUE)).scalar()
    return found


async def claim_due(session: AsyncSession, now: datetime, limit: int = BATCH) -> int:
    """Turns due reminders into deliveries; returns how many were due. Those that help no more are dropped."""
    ids = list(
        await session.scalars(
            select(Reminder.id)
            .where(_due(now))
            .order_by(Reminder.due, Reminder.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    )
    if not ids:
        return 0
    chosen = Reminder.id.in_(ids)
    wanted = select(
        Reminder.person_id.label("recipient"),
        (literal("remind_") + Reminder.kind).label("kind"),
        Reminder.subject.label("subject"),
        Reminder.expires_at.label("expires_at"),
    ).where(chosen, Reminder.expires_at > now)
    await insert_from(session, wanted, priority=REMINDER, due=now)
    await session.execute(delete(Reminder).where(chosen))
    return len(ids)


async def counted(session: AsyncSession, kind: str, subject: int) -> Mapping[int, int]:
    """By lead in seconds, how many wait."""
    rows = await session.execute(
        select(Reminder.lead, func.count())
        .where(Reminder.kind == kind, Reminder.subject == subject)
        .group_by(Reminder.lead)
    )
    return {lead: count for lead, count in rows}  # noqa: C416 (a Row is no pair to mypy)


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    await session.execute(delete(Reminder).where(Reminder.person_id == person_id))
