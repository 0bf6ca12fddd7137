"""Work that is repeated while the process runs, as data."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.backoff import Backoff


@dataclass(frozen=True, slots=True)
class PeriodicTask:
    """`run` is awaited at the start and then every so many seconds (between the end of one run and the next).

    A run that fails is logged and repeated; see bot/background/task_runner.py.
    """

    name: str
    every: float | Callable[[], float]
    run: Callable[[], Awaitable[object]]
    leader_only: bool = field(default=False, kw_only=True)
    """Whether only the leader runs it; the other processes look every so often whether they lead."""
    wake: asyncio.Event | None = field(default=None, kw_only=True)
    """Setting it starts the next run at once."""
    tables: frozenset[str] | None = field(default=None, kw_only=True)
    """What it finds to do stands in these: it runs as soon as one of them is known to have been written to. Other runs
    are left out where others are heard or this process is alone, except that none is left out for long (see `Looks`),
    or after a run that returned True: there is something to do later. None: it always runs."""
    backoff: Backoff | None = field(default=None, kw_only=True)
    """How long to wait after a failure; as long as after a success if it is None."""
    finish: Callable[[], Awaitable[object]] | None = field(default=None, kw_only=True)
    """Awaited once, when the process stops."""

    @property
    def pause(self) -> float:
        """Seconds from a run that succeeded to the next."""
        return self.every() if callable(self.every) else self.every
