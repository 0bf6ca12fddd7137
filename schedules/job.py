"""A kind of work that the clock does: what, how often, and when it is next due."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from schedules.context import ClockContext

Tick = Callable[[AsyncSession, datetime, ClockContext], Awaitable[bool]]
"""One step, in a transaction of its own; True if there is more to do at once."""

NextDue = Callable[[AsyncSession], Awaitable[datetime | None]]


@dataclass(frozen=True, slots=True)
class Job:
    """It runs at its interval, and before that when `next_due` says. `name` is unique; those that can be woken
    are in storage/coordination/wake_ups."""

    name: str
    every: timedelta
    run: Tick
    next_due: NextDue | None = None
    tables: frozenset[str] | None = None
    """Where it finds what there is to do: until something is written there, or is due, most of its turns are left out
    (see storage/coordination/looks.py). None: no turn is."""
    switch: str = ""
    """The key of the config's [features] that switches it off; "": what it does goes on without its feature."""
