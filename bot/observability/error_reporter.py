"""Unexpected errors: in the log with an id, told to the admins once, then counted."""

from __future__ import annotations

import hashlib
import secrets
import traceback
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from bot.observability.logs import logger
from bot.observability.metrics import Metrics
from storage.database import Database
from storage.deliveries import queue as delivery_queue
from storage.deliveries.queue import Addressed
from storage.operations import errors
from storage.operations.notices import ErrorReported
from storage.people.access import Right
from storage.people.staff import Staff

log = logger("bot.errors")

_OURS = Path(__file__).parent.parent.parent


class ErrorReporter:
    def __init__(self, database: Database, staff: Staff, clock: Callable[[], datetime], metrics: Metrics) -> None:
        self._database = database
        self._staff = staff
        self._clock = clock
        self._metrics = metrics

    async def report(self, what: str, error: BaseException) -> str:
        """Returns the id under which it stands in the log. Nothing that somebody wrote is in it."""
        error_id, kind, place = secrets.token_hex(4), type(error).__name__, place_of(error)
        log.error(what, error_id=error_id, error=kind, place=place, exc_info=error)
        self._metrics.errors.labels(kind).inc()
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
            notice = ErrorReported(error_id, kind, place)
            admins = await self._staff.who_may(session, Right.ADMINISTER, now)
            await delivery_queue.add_all(session, [Addressed(admin, notice, now) for admin in admins])


def place_of(error: BaseException) -> str:
    """The innermost line of our own code that it came through: "handlers/overview.py:38 show"."""
    return innermost(traceback.extract_tb(error.__traceback__))


def innermost(stack: Sequence[traceback.FrameSummary]) -> str:
    """The last line of our own code in a stack that begins outside; empty if there is none."""
    ours = [frame for frame in stack if _OURS in Path(frame.filename).parents and ".venv" not in frame.filename]
    if not ours:
        return ""
    last = ours[-1]
    return f"{Path(last.filename).relative_to(_OURS)}:{last.lineno} {last.name}"
