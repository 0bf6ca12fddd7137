"""Whether this process is the one that polls and keeps the clock."""

from __future__ import annotations

import asyncio
import contextlib

from bot.observability.logs import logger
from storage.coordination import leader_lock
from storage.coordination.leader_lock import Candidate
from storage.database import Database

log = logger("bot.background.leader_election")

INTERVAL = leader_lock.ASKED_EVERY


class Leader:
    """`leading` is set while this process leads. A dead leader is replaced within 10 s."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._candidate: Candidate | None = None
        self._held = contextlib.AsyncExitStack()
        self.leading = asyncio.Event()
        self.knows = asyncio.Event()
        self.began = asyncio.Event()
        """Set when this process begins to lead; whoever waits for it clears it."""

    def leads(self) -> bool:
        """Whether this process leads now."""
        return self.leading.is_set()

    async def look(self) -> None:
        """Takes the lead if nobody has it, and notes whether this process has it."""
        try:
            if self._candidate is None:
                self._candidate = await self._held.enter_async_context(leader_lock.candidate(self._database))
            self._note(leads=await self._candidate.look())
        except Exception as error:
            log.warning("lost leadership", error=type(error).__name__)
            await self.give_back()

    async def give_back(self) -> None:
        """Lets another process lead."""
        self._note(leads=False)
        self._candidate = None
        try:
            await self._held.aclose()
        except Exception as error:
            log.warning("lost the connection that held the leader lock", error=type(error).__name__)

    def _note(self, *, leads: bool) -> None:
        if leads != self.leading.is_set() or not self.knows.is_set():
            log.info("became leader" if leads else "standing by")
        if leads and not self.leading.is_set():
            self.leading.set()
            self.began.set()
        elif not leads:
            self.leading.clear()
        self.knows.set()
