"""Whether a look at the database can find something to do, as far as this process knows without asking it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from storage.engine.announcements import EVERYTHING
from storage.engine.write_detection import WrittenTables

AT_LEAST_EVERY, AT_LEAST_EVERY_UNSEEN = 30.0, 5.0
"""Seconds. On SQLite what another process writes beside this one is known as soon as this one writes, which it does
with each sign of life (see `Database.writing`); on PostgreSQL the others tell (storage/coordination/notifications.py).
What is to be done at some time, and says nothing of it, waits longer, and so does what somebody wrote who died before
they told it. The second figure is for PostgreSQL while this process does not hear the others."""


class Looks:
    """What each periodic task saw last. `alone`: only this process handles updates and runs jobs, if it leads."""

    def __init__(self, written: WrittenTables, monotonic: Callable[[], float], *, alone: bool) -> None:
        self._written = written
        self._monotonic = monotonic
        self._alone = alone
        self._seen: dict[str, tuple[int, float]] = {}

    @property
    def at_least_every(self) -> float:
        """Seconds after which a look is worth it, whatever is known; 0 if none may be left out."""
        if self._written.sees_others:
            return AT_LEAST_EVERY
        return AT_LEAST_EVERY_UNSEEN if self._alone else 0.0

    def is_worth(self, name: str, tables: frozenset[str] | None) -> bool:
        """Whether `name` is to look at these tables now; the look counts as begun if so."""
        if tables is None:
            return True
        last, now = self._written.last(tables), self._monotonic()
        seen = self._seen.get(name)
        if seen is not None and seen[0] == last and now - seen[1] < self.at_least_every:
            return False
        self._seen[name] = last, now
        return True

    def seconds_until_worth(self, name: str, tables: frozenset[str] | None) -> float:
        """For so long a look can find nothing, unless something is written to these tables; 0 if that is not known."""
        seen = self._seen.get(name)
        if tables is None or seen is None or seen[0] != self._written.last(tables):
            return 0.0
        return max(0.0, seen[1] + self.at_least_every - self._monotonic())

    def wake(self, event: asyncio.Event, tables: Iterable[str]) -> None:
        """Sets the event from now on whenever somebody is known to have written to one of these tables."""
        self._written.wake(event, tables)

    def call(self, callback: Callable[[], object], tables: Iterable[str]) -> None:
        """Calls this from now on whenever a look at one of these tables may be worth it sooner."""
        self._written.call(callback, (*tables, *EVERYTHING))

    def forget(self, name: str) -> None:
        """The last look failed, or was to be repeated: the next one is worth it."""
        self._seen.pop(name, None)
