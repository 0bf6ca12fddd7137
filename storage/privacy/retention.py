"""How long what is kept for a while is kept, where the organisation may decide."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, CursorResult, delete, inspect, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase

AT_ONCE = 500
"""Rows of a kind that are forgotten in one transaction: some milliseconds, in which nobody else can write on SQLite."""


@dataclass(frozen=True, slots=True)
class Retention:
    """Counted from the last answer (forms), the decision (applications), the leaving (former members), the end
    (sign-ups for activities), the closing or the last word (closed cases), the moment itself (reports,
    places, lines of log files)."""

    unfinished_forms: timedelta = timedelta(hours=24)
    decided_applications: timedelta = timedelta(days=90)
    former_members: timedelta = timedelta(days=90)
    sign_ups: timedelta = timedelta(days=365)
    closed_cases: timedelta = timedelta(days=365)
    reports: timedelta = timedelta(hours=24)
    places: timedelta = timedelta(hours=24)
    logs: timedelta = timedelta(days=30)


Forget = Callable[[AsyncSession, datetime, Retention], Awaitable[bool]]
"""(session, now, kept) -> removes some of what has been kept for long enough; True if there may be more of it. Each
feature brings its own."""


async def forget_some(
    session: AsyncSession, table: type[DeclarativeBase], has_had_its_time: ColumnElement[bool], limit: int = AT_ONCE
) -> bool:
    """Removes up to `limit` of these rows; True if there may be more."""
    (key,) = inspect(table).primary_key
    some = select(key).where(has_had_its_time).limit(limit)
    removed = await session.execute(delete(table).where(key.in_(some)).execution_options(synchronize_session=False))
    assert isinstance(removed, CursorResult)
    return removed.rowcount >= limit
