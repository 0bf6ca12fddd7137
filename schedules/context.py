"""What the clock has to know of the organisation. Some of it may change while the bot runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from storage.cases.desks import Desk, Desks
from storage.hours.quiet_hours import QuietHours
from storage.people import roles
from storage.privacy.retention import Retention
from storage.statistics.searches import MetresToNearest


def _nowhere(latitudes: Sequence[float], _longitudes: Sequence[float]) -> Sequence[float]:
    """Without stations in memory nothing is near."""
    return [float("inf")] * len(latitudes)


@dataclass(slots=True)
class Settings:
    """`coordinators` and `admins` are those of the config; `digest_at` (of applications that wait) and
    `week_digest_at` (of activities, on that day of the week, Monday is 0) are in the organisation's zone."""

    quiet_hours: QuietHours
    zone: ZoneInfo
    retention: Retention = field(default_factory=Retention)
    coordinators: frozenset[int] = frozenset()
    admins: frozenset[int] = frozenset()
    digest_at: time = time(9)
    country: str = "CN"
    week_digest_on: int = 0
    week_digest_at: time = time(10)
    log_file: Path | None = None
    counsel: frozenset[int] = frozenset()
    desks: Desks = field(default_factory=dict)
    metres_to_nearest: MetresToNearest = _nowhere

    async def staff(self, session: AsyncSession, role: str, now: datetime) -> list[int]:
        """Who holds this role, by the config or given in the chat."""
        named = {"counsel": self.counsel, "coordinator": self.coordinators, "admin": self.admins}[role]
        return sorted(named | await roles.holders(session, (role,), now))

    async def desk_staff(self, session: AsyncSession, desk: Desk, now: datetime) -> list[int]:
        """Who takes care of a desk's cases."""
        return [one for one in await self.staff(session, "counsel", now) if desk.is_handled_by(one)]

    async def reviewers(self, session: AsyncSession, now: datetime) -> list[int]:
        """Who is called when applications wait: coordinators, or the admins where there are none."""
        return await self.staff(session, "coordinator", now) or await self.staff(session, "admin", now)
