"""Unexpected errors: in the log with an id, told to the admins once, then counted."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime

from bot.observability.code_places import place_of
from bot.observability.database_watch import DatabaseWatch
from bot.observability.logs import logger
from bot.observability.metrics import Metrics
from storage.database import Database
from storage.operations import admins, errors
from storage.operations.notices import ErrorReported
from storage.people.staff import Staff

log = logger("bot.errors")


class ErrorReporter:
    def __init__(
        self, database: Database, staff: Staff, clock: Callable[[], datetime], metrics: Metrics, watch: DatabaseWatch
    ) -> None:
        self._database = database
        self._staff = staff
        self._clock = clock
        self._metrics = metrics
        self._watch = watch

    def is_waited_for(self, error: BaseException) -> bool:
        """Whether it passes by itself, so that it is tried again and not reported; see DatabaseWatch."""
        return self._watch.is_waited_for(error)

    async def report(self, what: str, error: BaseException) -> str:
        """Returns the id under which it stands in the log. Nothing that somebody wrote is in it."""
        error_id, kind, place = self._watch.error_id(error), type(error).__name__, place_of(error)
        self._metrics.errors.labels(kind).inc()
        if error_id:  # the database's: logged once a minute, and told without it (see database_alarm.py)
            return error_id
        error_id = secrets.token_hex(4)
        log.error(what, error_id=error_id, error=kind, place=place, exc_info=error)
        try:
            await self._tell(error_id, kind, place)
        except Exception as failure:
            # The database may be what failed. The log has it.
            log.warning(
                "failed to report the error; it is only in the log", error_id=error_id, error=type(failure).__name__
            )
        return error_id

    async def _tell(self, error_id: str, kind: str, place: str) -> None:
        now = self._clock()
        fingerprint = hashlib.sha256(f"{kind} {place}".encode()).hexdigest()[:32]
        async with self._database.writing() as session:
            if not await errors.note(session, fingerprint, kind, place, error_id, now):
                return
            await admins.tell(session, self._staff, ErrorReported(error_id, kind, place), now)
