"""Whether this process is the one that polls and keeps the clock."""

from __future__ import annotations

import asyncio

from bot.observability.logs import logger
from bot.waiting import wait_at_most
from storage.coordination import leader_lock
from storage.database import Database

log = logger("bot.background.leader_election")


class Leader:
    """`leading` is set while this process leads. A dead leader is replaced within 10 s."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.leading = asyncio.Event()
        self.knows = asyncio.Event()

    async def keep(self, left: asyncio.Event) -> None:
        """Until the program leaves; the lead is given back then."""
        while not left.is_set():
            try:
                async with leader_lock.candidate(self._database) as candidate:
                    while not left.is_set():
                        self._note(await candidate.look())
                        await wait_at_most(left, leader_lock.ASKED_EVERY)
            except Exception as trouble:
                log.warning("lost leadership", trouble=type(trouble).__name__)
            finally:
                self._note(False)
            await wait_at_most(left, leader_lock.ASKED_EVERY)

    def _note(self, leads: bool) -> None:
        if leads != self.leading.is_set() or not self.knows.is_set():
            log.info("became leader" if leads else "standing by")
        if leads:
            self.leading.set()
        else:
            self.leading.clear()
        self.knows.set()
