"""How long what is kept for a while is kept, where the organisation may decide."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession


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


Forget = Callable[[AsyncSession, datetime, Retention], Awaitable[None]]
"""(session, now, kept) -> removes what has been kept for long enough. Each feature brings its own."""
