"""One limit of messages a second for all replicas: each may use the share that the leader grants it.

A share is a lease. A process that can't say that it lives sends nothing more before the others take it for dead. One
that gives some of its share back says so a second later, when nothing that it sent with it is in anybody's window.
Where one process speaks alone (the leader, in polling mode), it has the whole limit.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import datetime

from bot.observability.logs import logger
from bot.telegram.pacing import Pacer
from handlers.chat.ports import Process
from storage.coordination import replicas
from storage.coordination.replicas import BEATS_EVERY, LIVES_FOR
from storage.database import Database

log = logger("bot.telegram.rate_quota")

SMOOTHING = 0.3
SILENT_AFTER = LIVES_FOR.total_seconds() - 2 * BEATS_EVERY


class RateQuota:
    """`together`: whether other processes may send at the same time."""

    def __init__(
        self,
        database: Database,
        pacer: Pacer,
        leads: Callable[[], bool],
        clock: Callable[[], datetime],
        process: Callable[[], Process],
        limit: float,
        *,
        together: bool,
    ) -> None:
        self._database = database
        self._pacer = pacer
        self._leads = leads
        self._clock = clock
        self._process = process
        self._limit = limit
        self._together = together
        self._uses = 0.0 if together else limit
        self._let_go = 0
        self._wanted = 0.0
        self._heard_at = time.monotonic()
        if together:
            pacer.change(0.0)

    async def renew(self) -> None:
        """A heartbeat. A process that can't say that it lives sends nothing more."""
        try:
            async with asyncio.timeout(2 * BEATS_EVERY):
                await self.heartbeat()
        except Exception as error:
            log.warning("replica heartbeat failed", error=type(error).__name__)
        if self._together and time.monotonic() - self._heard_at > SILENT_AFTER:
            self._take(0.0)

    def pause(self) -> float:
        """Seconds until the next heartbeat: sooner while there is no leader that has granted anything. A process that
        shares the limit with nobody only says that it lives."""
        if not self._together:
            return LIVES_FOR.total_seconds() / 2
        is_waiting = not self._pacer.share and not self._leads()
        return BEATS_EVERY / 2 if is_waiting else BEATS_EVERY

    async def leave(self) -> None:
        """Leaves its share to the others."""
        async with self._database.writing() as session:
            await replicas.leave(session, self._process().name)

    async def heartbeat(self) -> None:
        """Says that this process lives, and takes the share that it is granted."""
        here, leads = self._process(), self._leads()
        begun, now = time.monotonic(), self._clock()
        wants, uses = (self._wants(), self._uses) if self._together else (0.0, 0.0)
        async with self._database.writing(at_once=True) as session:
            granted = await replicas.beat(
                session, here.name, here.version, here.started_at, now, leads=leads, wants=wants, uses=uses
            )
            if not self._together:
                await replicas.forget_gone(session, now)
                return
            is_to_grant = leads and await replicas.are_to_change(session, self._limit, now)
        if is_to_grant:
            async with self._database.writing() as session:
                granted = (await replicas.grant_shares(session, self._limit, now)).get(here.name, granted)
        self._heard_at = begun
        self._take(granted)

    def _wants(self) -> float:
        """What was sent in a beat and what waits, smoothed, so that shares do not jump to and fro."""
        now = self._pacer.let_go - self._let_go + self._pacer.waiting
        self._wanted += SMOOTHING * (now - self._wanted)
        self._let_go = self._pacer.let_go
        return self._wanted

    def _take(self, granted: float) -> None:
        """What was used until now counts as used until the next beat."""
        self._uses = granted
        self._pacer.change(granted)
