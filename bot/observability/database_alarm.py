"""Tells the admins of the config what is wrong with the database, straight through Telegram: notices wait in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from telegram import error

from bot.observability.database_watch import DatabaseWatch, Trouble
from bot.observability.logs import logger
from storage.coordination import change_counters
from storage.database import Database
from storage.database_errors import Cause, cause_of
from storage.telegram_ids import PersonId

log = logger("bot.observability.database_alarm")

INTERVAL = 5.0
TOLD_AGAIN_AFTER = 3_600.0
PATIENCE = 60.0
"""Seconds that a trouble may last which passes by itself, such as a restart of the database server."""
_PROBE = "database probe"

Words = Callable[[Trouble], str]


class DatabaseAlarm:
    def __init__(
        self,
        database: Database,
        watch: DatabaseWatch,
        send: Callable[[PersonId, str], Awaitable[object]],
        admins: Sequence[PersonId],
        words: tuple[Words, Words],
        clock: Callable[[], float],
    ) -> None:
        """`words` say a trouble, and that it is over."""
        self._database = database
        self._watch = watch
        self._send = send
        self._admins = admins
        self._words, self._words_at_end = words
        self._clock = clock
        self._told_at: dict[Cause, float] = {}
        self._open: dict[Cause, Trouble] = {}

    async def look(self) -> None:
        """Tries whether the database works again, and tells what has begun or is over."""
        if self._watch.is_troubled:
            await self._probe()
        current = {trouble.cause: trouble for trouble in self._watch.current}
        for trouble in current.values():
            if self._is_due(trouble) and await self._tell(self._words(trouble)):
                self._told_at[trouble.cause] = self._clock()
                self._open[trouble.cause] = trouble
        for cause in [cause for cause in self._open if cause not in current]:
            if await self._tell(self._words_at_end(self._open[cause])):
                del self._open[cause]

    def _is_due(self, trouble: Trouble) -> bool:
        now = self._clock()
        if trouble.cause.waits and now - trouble.begun < PATIENCE:
            return False
        return now - self._told_at.get(trouble.cause, float("-inf")) >= TOLD_AGAIN_AFTER

    async def _probe(self) -> None:
        """A small write: nobody else may be writing, and what can be read proves little."""
        try:
            async with self._database.writing() as session:
                await change_counters.raise_version(session, _PROBE)
        except Exception as failure:
            if cause_of(failure) is None:
                raise

    async def _tell(self, text: str) -> bool:
        """Whether Telegram took it for at least one of them."""
        told = [await self._reached(admin, text) for admin in self._admins]
        return any(told) or not told

    async def _reached(self, admin: PersonId, text: str) -> bool:
        try:
            await self._send(admin, text)
        except error.TelegramError as failure:
            log.warning("an admin could not be told of the database's trouble", error=type(failure).__name__)
            return False
        return True
