"""How long each queue is and since when its first has been due, for who watches over the bot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.cases.cases import Case, CaseState
from storage.cases.evidence import Evidence
from storage.deliveries import PRIORITIES, Delivery, State
from storage.membership.applications import Application, ApplicationState
from storage.updates.updates import DoneUpdate

MOST_COUNTED = 100_000
"""A longer queue is shown as so long: counting millions every few seconds would hold up who sends them."""
NAMES = {1: "notices", 2: "reminders", 3: "broadcasts"}
"""Deliveries by priority."""


@dataclass(frozen=True, slots=True)
class Queue:
    waiting: int
    since: datetime | None

    def age(self, now: datetime) -> float:
        """Seconds for which the first has been due; 0 if nothing is."""
        return max(0.0, (now - self.since).total_seconds()) if self.since is not None else 0.0


async def lengths(session: AsyncSession, now: datetime) -> dict[str, Queue]:
    """By name. `set_aside` are deliveries that failed for good and wait for an admin."""
    due = (Delivery.state == State.WAITING) & (Delivery.due <= now)
    found = {
        NAMES[priority]: await _queue(session, Delivery.due, due & (Delivery.priority == priority))
        for priority in PRIORITIES
    }
    found["set_aside"] = await _queue(session, Delivery.due, Delivery.state == State.FAILED)
    unanswered = DoneUpdate.answers.is_not(None) & (DoneUpdate.due <= now)
    found["answers"] = await _queue(session, DoneUpdate.due, unanswered)
    found["applications"] = await _queue(
        session, Application.waiting_since, Application.state == ApplicationState.WAITING
    )
    found["cases"] = await _queue(session, Case.last_at, Case.state == CaseState.OURS)
    found["evidence"] = await _queue(session, Evidence.next_try, Evidence.next_try <= now)
    return found


async def _queue(session: AsyncSession, since: Any, waits: Any) -> Queue:
    some = select(since).where(waits).limit(MOST_COUNTED).subquery()
    count = await session.scalar(select(func.count()).select_from(some))
    first = await session.scalar(select(since).where(waits).order_by(since).limit(1)) if count else None
    return Queue(count or 0, first)
