"""What waits, and for how long: counted when /metrics is asked for, so that it costs nothing where nobody asks."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from bot import __version__
from bot.observability.logs import logger
from bot.observability.metrics import Metrics
from handlers.chat.feature import WatchedQueue
from handlers.chat.ports import Process
from storage.database import Database
from storage.database_errors import is_outage
from storage.engine.postgresql_engine import process_name
from storage.operations import backups

KEEPS_FOR = 10.0
"""Seconds for which figures are shown again before they are counted again."""
WAITED_FOR = 1.0
"""Seconds for which a page waits for a count."""
PATIENCE = 30.0
"""Seconds after which a count is given up."""

log = logger("bot.observability.queue_metrics")


def process_at(folder: Path, started_at: datetime) -> Process:
    """This process, which keeps its data in the folder."""
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        free = None
    return Process(process_name(), __version__, started_at, free)


class QueueMetrics:
    def __init__(
        self,
        database: Database,
        metrics: Metrics,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float],
        leads: Callable[[], bool],
        queues: Sequence[WatchedQueue],
        run_apart: Callable[[Coroutine[Any, Any, None], str], asyncio.Task[None]],
    ) -> None:
        self._run_apart = run_apart
        self._queues = queues
        self._database = database
        self._metrics = metrics
        self._clock = clock
        self._monotonic = monotonic
        self._leads = leads
        self._fresh_until = 0.0
        self._counting: asyncio.Task[None] | None = None

    async def refresh(self) -> None:
        """Has the queues counted, if what is shown is old, and waits a moment for it.

        A count that takes longer goes on, for the next page. What can't be counted, like what a process that does not
        lead knows nothing of, is not shown.
        """
        if not self._leads():
            self._clear()
            self._fresh_until = 0.0
            return
        if self._counting is None and self._monotonic() >= self._fresh_until:
            self._counting = self._run_apart(self._try_to_count(), "counting queues")
        if self._counting is not None:
            await asyncio.wait([self._counting], timeout=WAITED_FOR)

    async def _try_to_count(self) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await self._count()
        except Exception as error:
            self._clear()
            if not isinstance(error, TimeoutError) and not is_outage(error):
                raise
            log.warning("queues not counted", error=type(error).__name__)
        finally:
            self._fresh_until = self._monotonic() + KEEPS_FOR
            self._counting = None

    def _clear(self) -> None:
        self._metrics.waiting.clear()
        self._metrics.oldest.clear()

    async def _count(self) -> None:
        now = self._clock()
        async with self._database.reading(apart=True) as session:
            counted = {queue.name: await queue.measure(session, now) for queue in self._queues}
            last = await backups.newest(session, whole=True)
        for name, queue in counted.items():
            self._metrics.waiting.labels(name).set(queue.waiting)
            self._metrics.oldest.labels(name).set(queue.age(now))
        self._metrics.backup_at.set(last.at.timestamp() if last is not None else 0)
