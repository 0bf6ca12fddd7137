"""Whether a look at the database can find something to do, as far as this process knows without asking it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from storage.engine.write_detection import WrittenTables

AT_LEAST_EVERY = 30.0
"""Seconds. What another process writes beside this one is known as soon as this one writes, which it does with each
renewal of its lease (see `Database.writing`); what is to be done at some time, and says nothing of it, waits longer."""


class Looks:
    """What each periodic task saw last. `alone`: only this process handles updates and runs jobs, if it leads."""

    def __init__(self, written: WrittenTables, monotonic: Callable[[], float], *, alone: bool) -> None:
        self._written = written
        self._monotonic = monotonic
        self.alone = alone
        self._seen: dict[str, tuple[int, float]] = {}

    def is_worth(self, name: str, tables: frozenset[str] | None) -> bool:
        """Whether `name` is to look at these tables now; the look counts as begun if so."""
        if tables is None:
            return True
        last, now = self._written.last(tables), self._monotonic()
        seen = self._seen.get(name)
        if self.alone and seen is not None and seen[0] == last and now - seen[1] < AT_LEAST_EVERY:
            return False
        self._seen[name] = last, now
        return True

    def wake(self, event: asyncio.Event, tables: Iterable[str]) -> None:
        """Sets the event from now on whenever this process has written to one of these tables."""
        self._written.wake(event, tables)

    def forget(self, name: str) -> None:
        """The last look failed, or was to be repeated: the next one is worth it."""
        self._seen.pop(name, None)
