"""Answers that have gone out are struck out of the database a moment later, those of the moment by one statement.

Who is killed within that moment sends them once more, as it does those that were on their way.
"""

from __future__ import annotations

import asyncio

from bot.observability.logs import logger
from storage.database import Database
from storage.updates import updates
from storage.updates.ids import UpdateKey

log = logger("bot.updates.answered_marks")

WITHIN = 0.2
"""Seconds. At 30 messages a second, which is all that Telegram takes for free, that is six answers."""
TRIED_AGAIN_AFTER = 5.0


class AnsweredMarks:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[UpdateKey] = []
        self._writing: asyncio.Task[None] | None = None

    def add(self, key: UpdateKey) -> None:
        """The answers to this update have gone out."""
        self._waiting.append(key)
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_soon())

    async def add_at_once(self, key: UpdateKey) -> None:
        """The same, for answers that others look for too."""
        self.add(key)
        await self._write()

    async def close(self) -> None:
        """Writes what still waits."""
        if self._writing is not None:
            self._writing.cancel()
            await asyncio.wait([self._writing])
        if self._waiting:
            await self._write()

    async def _write_soon(self) -> None:
        pause = WITHIN
        try:
            while self._waiting:
                await asyncio.sleep(pause)
                pause = WITHIN if await self._write() else TRIED_AGAIN_AFTER
        finally:
            self._writing = None

    async def _write(self) -> bool:
        """False if the database did not take it."""
        keys, self._waiting = self._waiting, []
        try:
            async with self._database.writing(wakes=False, at_once=True) as session:
                await updates.answered(session, keys)
        except BaseException as failure:
            self._waiting = [*keys, *self._waiting]
            if not isinstance(failure, Exception):
                raise
            log.warning("failed to note answers as sent; retrying", error=type(failure).__name__)
            return False
        return True
