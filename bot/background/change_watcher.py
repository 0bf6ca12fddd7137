"""Takes up what another program or another replica has changed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from storage.coordination import change_counters
from storage.database import Database

INTERVAL = 1.0
Reaction = Callable[[], Awaitable[None]]


class ChangeWatcher:
    """Compares the counters of storage/coordination/change_counters.py with those that it saw last."""

    def __init__(self, database: Database, reactions: Mapping[str, Reaction]) -> None:
        """`reactions` says what to do when the counter of this name has changed."""
        self._database = database
        self._reactions = reactions
        self._seen: dict[str, int] = {}

    async def look(self) -> None:
        """Awaits the reaction to each counter that has changed. One that fails is due again at the next look."""
        async with self._database.reading() as session:
            counters = await change_counters.read_all(session)
        for name, react in self._reactions.items():
            value = counters.get(name, 0)
            if value != self._seen.get(name, 0):
                await react()
                self._seen[name] = value
