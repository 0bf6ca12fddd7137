"""Waking a job of the clock as soon as a transaction is committed that gave it something to do sooner."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from storage.database import Database

_REQUESTED = "wake_ups"


class WakeUp(StrEnum):
    """The jobs that can be woken, by their names."""

    REMINDERS = "reminders"
    OFFERS = "offers"
    BROADCASTS = "broadcasts"


def request(session: AsyncSession, job: WakeUp) -> None:
    """Once this transaction is committed, the job looks whether something is due sooner than it knew."""
    session.info.setdefault(_REQUESTED, set()).add(job)


def listen(database: Database, wake: Callable[[str], None]) -> None:
    """Calls `wake` with the name of each requested job, after the commit; a rollback takes the requests back."""

    @event.listens_for(database.session_class, "after_commit")
    def on_commit(session: Session) -> None:
        for job in sorted(session.info.pop(_REQUESTED, ())):
            wake(job)

    @event.listens_for(database.session_class, "after_rollback")
    def on_rollback(session: Session) -> None:
        session.info.pop(_REQUESTED, None)
