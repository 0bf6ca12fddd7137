"""The daily backup: made by the leader, read back, rotated; a failure is told to the admins."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.backup.operations import back_up
from bot.config.sections import BackupSection
from bot.observability.logs import logger
from storage.database import Database
from storage.deliveries import queue as delivery_queue
from storage.deliveries.queue import Addressed
from storage.operations import backups
from storage.operations.backups import Backup
from storage.operations.notices import BackupFailed, BackupMade
from storage.people.access import Right
from storage.people.staff import Staff
from storage.telegram_ids import PersonId

log = logger("bot.backup.daily")

INTERVAL = 30.0
TRIED_AGAIN_AFTER = timedelta(hours=1)
TOLD_AGAIN_AFTER = timedelta(hours=20)
PATTERN = "nuanxin-*.backup"
_DAY_OF_NAME = len("nuanxin-20261128")


class DailyBackups:
    def __init__(
        self,
        database: Database,
        zone: ZoneInfo,
        staff: Staff,
        section: BackupSection,
        clock: Callable[[], datetime],
        leads: Callable[[], bool],
    ) -> None:
        self._database = database
        self._zone, self._staff = zone, staff
        self._section = section
        self._clock = clock
        self._leads = leads
        self._since = clock()
        self._asked: set[PersonId] = set()
        self._host = socket.gethostname()
        self.asked = asyncio.Event()
        """Set when somebody wants a backup now."""

    def ask(self, person_id: PersonId) -> None:
        """This admin wants one now."""
        self._asked.add(person_id)
        self.asked.set()

    async def look(self) -> None:
        """Makes the backup if it is due, or was asked for."""
        async with self._database.reading() as session:
            last = await backups.newest(session)
        asked, self._asked = self._asked, set()
        if asked or self._is_due(last):
            await self._make(asked)

    def _is_due(self, last: Backup | None) -> bool:
        if not self._section.enabled or not self._leads():
            return False
        now = self._clock()
        if last is not None and last.trouble:
            return now - last.at >= TRIED_AGAIN_AFTER
        return last_due(now, self._section.at, self._zone) > (last.at if last is not None else self._since)

    async def _make(self, asked: set[PersonId]) -> None:
        now = self._clock()
        file = self._section.folder / f"nuanxin-{now:%Y%m%dT%H%M%S}Z.backup"
        try:
            made = await back_up(self._database, file, self._section.tools)
        except Exception as failure:
            log.error("backup failed", error=type(failure).__name__, reason=str(failure)[:300])
            await self._note_failure(str(failure)[:300] or type(failure).__name__, asked)
            return
        log.info("backup written", file=str(file), size=made.size)
        rotate(self._section.folder, self._section.keep)
        async with self._database.writing() as session:
            await backups.note(session, now, self._host, file.name, made.size)
            notice = BackupMade(file.name, self._host)
            await delivery_queue.add_all(session, [Addressed(one, notice, now) for one in sorted(asked)])

    async def _note_failure(self, trouble: str, asked: set[PersonId]) -> None:
        """The admins hear of it once a day, not of every try."""
        now = self._clock()
        async with self._database.writing() as session:
            told = set(asked)
            if await backups.count_troubles(session, now - TOLD_AGAIN_AFTER) == 0:
                told |= set(await self._staff.who_may(session, Right.ADMINISTER, now))
            await backups.note(session, now, self._host, "", trouble=trouble)
            notice = BackupFailed(self._host, trouble)
            await delivery_queue.add_all(session, [Addressed(one, notice, now) for one in sorted(told)])


def last_due(now: datetime, at: time, zone: ZoneInfo) -> datetime:
    """When a backup was due last, in UTC.

    Two moments of one zone would be compared by what its clocks show, which comes twice when they go back.
    """
    today = now.astimezone(zone).date()
    days = (today, today - timedelta(days=1))
    moments = (datetime.combine(day, at, zone).astimezone(UTC) for day in days)
    return next(moment for moment in moments if moment <= now)


def rotate(folder: Path, keep: int) -> None:
    """The newest `keep` files stay, and the newest of each of the last `keep` days that have any.

    So neither a clock that goes wrong nor an admin who presses often pushes out the days before.
    """
    files = sorted(folder.glob(PATTERN), key=lambda file: file.name, reverse=True)
    newest_of_days = list({file.name[:_DAY_OF_NAME]: file for file in reversed(files)}.values())[::-1]
    kept = {*files[:keep], *newest_of_days[:keep]}
    for old in files:
        if old not in kept:
            old.unlink(missing_ok=True)
