"""Whether a look at the database can find something to do, as far as this process knows without asking it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from storage.engine.write_detection import WrittenTables

AT_LEAST_EVERY, AT_LEAST_EVERY_UNSEEN = 30.0, 5.0
"""Seconds. On SQLite what another process writes beside this one is known as soon as this one writes, which it does
with each renewal of its lease (see `Database.writing`); what is to be done at some time, and says nothing of it, waits
longer. On PostgreSQL it is not seen: a command line may write beside the program."""


class Looks:
    """What each periodic task saw last. `alone`: only this process handles updates and runs jobs, if it leads."""

    def __init__(self, written: WrittenTables, monotonic: Callable[[], float], *, alone: bool) -> None:
        self._written = written
        self._monotonic = monotonic
        self.alone = alone
        self._seen: dict[str, tuple[int, float]] = {}

    @property
    def at_least_every(self) -> float:
        """Seconds after which a look is worth it, whatever is known."""
        return AT_LEAST_EVERY if self._written.sees_others else AT_LEAST_EVERY_UNSEEN

    def is_worth(self, name: str, tables: frozenset[str] | None) -> bool:
        """Whether `name` is to look at these tables now; the look counts as begun if so."""
        if tables is None:
            return True
        last, now = self._written.last(tables), self._monotonic()
        seen = self._seen.get(name)
        if self.alone and seen is not None and seen[0] == last and now - seen[1] < self.at_least_every:
            return False
        self._seen[name] = last, now
        return True

    def wake(self, event: asyncio.Event, tables: Iterable[str]) -> None:
        """Sets the event from now on whenever this process has written to one of these tables."""
        self._written.wake(event, tables)

    def forget(self, name: str) -> None:
        """The last look failed, or was to be repeated: the next one is worth it."""
        self._seen.pop(name, None)
