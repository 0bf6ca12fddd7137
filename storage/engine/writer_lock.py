"""The order in which the tasks of one process write to SQLite's file."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator


class WriterLock:
    """One at a time, in the order of arrival; what is urgent goes before all that wait."""

    def __init__(self) -> None:
        self._is_taken = False
        self._waiting: deque[asyncio.Future[None]] = deque()

    @contextlib.asynccontextmanager
    async def held(self, *, urgent: bool = False) -> AsyncIterator[None]:
        """Until the end of the block."""
        if self._is_taken:
            await self._wait(urgent=urgent)
        self._is_taken = True
        try:
            yield
        finally:
            self._hand_on()

    async def _wait(self, *, urgent: bool) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        (self._waiting.appendleft if urgent else self._waiting.append)(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # it had just got its turn
                self._hand_on()
            raise

    def _hand_on(self) -> None:
        """To the next that still waits; it stays taken meanwhile."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._is_taken = False
