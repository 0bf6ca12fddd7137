"""Waking a job of the clock as soon as a transaction is committed that gave it something to do sooner.

The other processes are told, too: the job is the leader's, and the transaction may be anybody's.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import partial

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from storage.database import Database

_REQUESTED = "wake_ups"


class WakeUp(StrEnum):
    """The jobs that can be woken, by their names."""

    REMINDERS = "reminders"
    OFFERS = "offers"
    DRAWS = "draws"
    BROADCASTS = "broadcasts"
    ANNOUNCEMENTS = "announcements"
    CAMPAIGNS = "campaigns"
    SURVEYS = "surveys"
    COMMITMENTS = "commitments"
    BALLOTS = "ballots"
    PAY = "pay"
    CONTESTS = "contests"
    HONOURS = "honours"
    SOS = "sos"


def _noted_as(job: WakeUp) -> str:
    """Its name among those of tables."""
    return f"job {job}"


NAMES = frozenset(map(_noted_as, WakeUp))


def request(session: AsyncSession, job: WakeUp) -> None:
    """Once this transaction is committed, the job looks whether something is due sooner than it knew."""
    session.info.setdefault(_REQUESTED, set()).add(job)


def listen(database: Database, wake: Callable[[str], None]) -> None:
    """Calls `wake` with the name of each job that was requested, here or in another process, after the commit; a
    rollback takes the requests back."""
    for job in WakeUp:
        database.written.call(partial(wake, job.value), [_noted_as(job)])

    @event.listens_for(database.session_class, "after_commit")
    def on_commit(session: Session) -> None:
        if requested := session.info.pop(_REQUESTED, None):
            database.written.note([_noted_as(job) for job in sorted(requested)])

    @event.listens_for(database.session_class, "after_rollback")
    def on_rollback(session: Session) -> None:
        session.info.pop(_REQUESTED, None)
