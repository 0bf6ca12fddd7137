"""Once a month the newest backup is tried, and the admins hear whether it can be restored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from bot.backup.drill import Tried, drill
from bot.config.sections import BackupSection
from bot.observability.logs import logger
from storage.coordination import run_once
from storage.database import Database
from storage.deliveries.notices import Notice
from storage.operations import admins, backups
from storage.operations.notices import BackupNotRestorable, BackupTried
from storage.people.staff import Staff

log = logger("bot.backup.monthly_drill")

INTERVAL = 1_800.0


class MonthlyDrill:
    def __init__(self, database: Database, staff: Staff, section: BackupSection, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._staff = staff
        self._section = section
        self._clock = clock

    async def look(self) -> None:
        """Tries the newest backup, if this month none was tried and this machine has it."""
        occasion = f"backup-drill/{self._clock():%Y-%m}"
        async with self._database.reading() as session:
            last = await backups.newest(session, whole=True)
            if last is None or await run_once.was(session, occasion):
                return
        file = self._section.folder / last.file
        if file.exists():
            await self._note(occasion, await self._try(file))

    async def _try(self, file: Path) -> Notice:
        try:
            tried: Tried = await drill(file, self._database.vault, self._section.tools, file.parent)
        except Exception as failure:
            log.error("the backup can't be restored", file=file.name, error=type(failure).__name__)
            return BackupNotRestorable(file.name, str(failure)[:300] or type(failure).__name__)
        log.info("the backup can be restored", file=file.name, contents=tried.contents)
        return BackupTried(file.name)

    async def _note(self, occasion: str, notice: Notice) -> None:
        now = self._clock()
        async with self._database.writing() as session:
            if await run_once.is_first(session, occasion, now):
                await admins.tell(session, self._staff, notice, now)
