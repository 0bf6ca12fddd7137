"""Who is blocked now, in memory: it is asked at every update."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime

from storage.database import Database
from storage.people import blocks
from storage.telegram_ids import PersonId


class BlockList:
    """The blocks as they were read last; `refresh` reads them again."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._people: Mapping[PersonId, datetime | None] = {}
        self._reading = asyncio.Lock()

    @property
    def people(self) -> Mapping[PersonId, datetime | None]:
        """Who is blocked, and until when (None: without an end)."""
        return self._people

    def is_blocked(self, person_id: PersonId, now: datetime) -> bool:
        if person_id not in self._people:
            return False
        until = self._people[person_id]
        return until is None or until > now

    async def refresh(self) -> None:
        """Reads all blocks again, one reading after another: an earlier one that ends later would put back what it
        saw."""
        async with self._reading, self._database.reading() as session:
            self._people = await blocks.read_all(session)
