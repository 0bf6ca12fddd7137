"""Tells the admins, once, which cases something other than this program has changed."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from schedules.context import ClockContext
from storage.cases import doubts
from storage.cases.ids import CaseId
from storage.cases.notices import CaseDoubted
from storage.operations import admins

EVERY = timedelta(minutes=10)
_START = CaseId(0)

log = logging.getLogger(__name__)


class CaseDoubts:
    """Remembers how far it has looked: each step looks through some of the cases."""

    def __init__(self) -> None:
        self._after = _START

    async def run(self, session: AsyncSession, now: datetime, context: ClockContext) -> bool:
        numbers, last = await doubts.newly_in_doubt(session, self._after)
        if numbers:
            log.error("%d cases were changed in the database by something other than the bot", len(numbers))
        for number in numbers:
            await admins.tell(session, context.staff, CaseDoubted(number), now)
        self._after = last or _START
        return last is not None
