"""Whether this process is ready, for /readyz."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.background.leader_election import Leader
from bot.observability.database_watch import DatabaseWatch
from bot.telegram.reachability import Reach


class Readiness:
    """Ready: migrated, the database works, Telegram has answered, and updates are being taken (in polling, at least by
    the leader)."""

    def __init__(
        self,
        leader: Leader,
        reach: Reach,
        database: DatabaseWatch,
        stopping: asyncio.Event,
        is_taking: Callable[[], bool],
        *,
        polls: bool,
    ) -> None:
        """`is_taking`: whether updates come here and may be answered."""
        self._leader = leader
        self._reach = reach
        self._database = database
        self._stopping = stopping
        self._is_taking = is_taking
        self._polls = polls
        self._started = False

    def start(self) -> None:
        """Everything that comes before the first update is done."""
        self._started = True

    @property
    def is_ready(self) -> bool:
        if not self._started or self._stopping.is_set() or self._database.is_troubled:
            return False
        return self._is_standby or (self._is_taking() and not self._reach.trouble)

    @property
    def trouble(self) -> str:
        """What is wrong with the database, or keeps Telegram's updates from coming here (which a stand-by can't say);
        empty if nothing does."""
        if self._database.is_troubled:
            return self._database.trouble
        return self._reach.trouble if not self._polls or self._leader.leads() else ""

    @property
    def _is_standby(self) -> bool:
        """In polling mode another process leads."""
        return self._polls and self._leader.knows.is_set() and not self._leader.leads()
