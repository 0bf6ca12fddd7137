"""Whether this process is the one that polls and keeps the clock.

The leader holds a lease (storage/coordination/leases.py), and beside it a lock that ends with its process
(storage/coordination/leader_lock.py). A dead leader's lock is free, and it is replaced within 4 s. A frozen one, or one
that is cut off, keeps its lock but does not renew its lease, and is replaced within 10 s. When it wakes, it knows by
its own clock that its lease has run out.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable

from sqlalchemy.ext.asyncio import AsyncSession

from bot.observability.logs import logger
from storage.coordination import leader_lock, leases
from storage.coordination.leader_lock import Candidate
from storage.coordination.leases import LeaseLost, Observed
from storage.database import Database
from storage.database_errors import Cause, cause_of

log = logger("bot.background.leader_election")

LEASE = "leader"
RENEWED_EVERY = 1.5
LOOKED_EVERY = 1.0
ANSWERS_WITHIN = 2.0
VALID_FOR = 4.0
"""Seconds since a renewal was asked for, after which the leader stops by itself."""
TAKEN_AFTER = 5.5
"""Seconds without a renewal, after which another process takes the lease."""
TAKEN_FROM_THE_DEAD_AFTER = 2.5
"""The same where the lock is free. Not at once: who took over from a frozen process can't have its lock yet."""


def _uptime() -> float:
    """Seconds that go on while the machine sleeps."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


class Leader:
    """`leading` is set while this process leads. A dead or frozen leader is replaced within 10 s."""

    def __init__(self, database: Database, name: Callable[[], str], uptime: Callable[[], float] = _uptime) -> None:
        """`name` is this process's own among all."""
        self._database = database
        self._name = name
        self._uptime = uptime
        self._candidate: Candidate | None = None
        self._held = contextlib.AsyncExitStack()
        self._token: int | None = None
        self._valid_until = 0.0
        self._observed: Observed | None = None
        self._observed_at = 0.0
        self.leading = asyncio.Event()
        self.knows = asyncio.Event()
        self.began = asyncio.Event()
        """Set when this process begins to lead; whoever waits for it clears it."""

    def leads(self) -> bool:
        """Whether this process leads now. It asks nobody: a lease that ran out while the process was frozen is gone."""
        return self.leading.is_set() and self._is_valid

    @property
    def _is_valid(self) -> bool:
        return self._uptime() < self._valid_until

    @contextlib.asynccontextmanager
    async def writing(self, *, apart: bool = False) -> AsyncIterator[AsyncSession]:
        """A transaction of what only the leader does.

        Raises:
            LeaseLost: another process leads by now.
        """
        token = self._token
        if token is None or not self.leads():
            raise LeaseLost
        async with self._database.writing(apart=apart) as session:
            await leases.ensure(session, LEASE, token)
            yield session

    def pause(self) -> float:
        """Seconds until the next look."""
        return RENEWED_EVERY if self.leading.is_set() else LOOKED_EVERY

    async def look(self) -> None:
        """Renews the lease, or takes it if nobody has it, and notes whether this process leads."""
        begun = self._uptime()
        holds_file = self._database.write_in_hand if self.leads() else None
        try:
            async with asyncio.timeout(ANSWERS_WITHIN):
                if self._token is not None:
                    await self._renew(begun)
                else:
                    await self._try_to_take(begun)
        except Exception as error:
            if self._nobody_could_write(error, holds_file):
                self._valid_until = self._uptime() + VALID_FOR
            if self.leads():
                log.info("leader lease not renewed; trying again", error=type(error).__name__)
                return
            log.warning("lost leadership", error=type(error).__name__)
            await self._lose()
        self._note(leads=self._token is not None and self._is_valid)

    def _nobody_could_write(self, error: Exception, holds_file: AsyncSession | None) -> bool:
        """Whether no other process can have taken the lease of this one, which leads: a long transaction of this
        process has held SQLite's file all the time, or the disk of the file is full."""
        if holds_file is None and cause_of(error) is Cause.FULL and not self._database.is_postgresql:
            self._observed_at = self._uptime()  # who leads had no more room than this process
            return self.leads()
        return holds_file is not None and self._database.write_in_hand is holds_file

    async def _renew(self, begun: float) -> None:
        assert self._token is not None
        candidate = await self._become_candidate()
        if not candidate.leads:
            await candidate.look()
        async with candidate.connected(writes=True) as connection:
            renewed = await leases.renew(connection, LEASE, self._token)
        if renewed:
            self._valid_until = begun + VALID_FOR
        else:
            log.warning("another process leads")
            await self._lose()

    async def _try_to_take(self, begun: float) -> None:
        candidate = await self._become_candidate()
        async with candidate.connected(writes=False) as connection:
            observed = await leases.observe(connection, LEASE)
        if observed != self._observed:
            self._observed, self._observed_at = observed, begun
        has_lock = await candidate.look()
        if not self._may_take(observed, begun - self._observed_at, has_lock=has_lock):
            return
        async with candidate.connected(writes=True) as connection:
            if not has_lock and observed is not None and observed.holder not in ("", self._name()):
                log.warning("the leader does not renew its lease; taking over", holder=observed.holder)
                await leases.cut_off(connection, observed.holder)
            self._token = await leases.take(connection, LEASE, self._name(), observed)
        if self._token is not None:
            self._valid_until = begun + VALID_FOR

    @staticmethod
    def _may_take(observed: Observed | None, silent_for: float, *, has_lock: bool) -> bool:
        if observed is None:
            return has_lock  # version 0.7 leads by the lock alone
        if not observed.holder:
            return True
        return silent_for >= (TAKEN_FROM_THE_DEAD_AFTER if has_lock else TAKEN_AFTER)

    async def _become_candidate(self) -> Candidate:
        if self._candidate is None:
            self._candidate = await self._held.enter_async_context(leader_lock.candidate(self._database))
        return self._candidate

    async def _lose(self) -> None:
        self._token, self._candidate, self._observed = None, None, None
        self._note(leads=False)
        try:
            await self._held.aclose()
        except Exception as error:
            log.warning("lost the connection that held the leader lock", error=type(error).__name__)

    async def give_back(self) -> None:
        """Lets another process lead at once."""
        token, candidate = self._token, self._candidate
        self._note(leads=False)
        if token is not None and candidate is not None:
            with contextlib.suppress(Exception):
                async with asyncio.timeout(ANSWERS_WITHIN), candidate.connected(writes=True) as connection:
                    await leases.give_back(connection, LEASE, token)
        await self._lose()

    def _note(self, *, leads: bool) -> None:
        if leads != self.leading.is_set() or not self.knows.is_set():
            log.info("became leader" if leads else "standing by")
        if leads and not self.leading.is_set():
            self.leading.set()
            self.began.set()
        elif not leads:
            self.leading.clear()
        self.knows.set()
