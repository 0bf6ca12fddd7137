"""What waits, and for how long: looked up by the leader for /metrics, so that nobody waits for it."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from bot import __version__
from bot.observability.metrics import Metrics
from handlers.chat.feature import WatchedQueue
from handlers.chat.ports import Process
from storage.database import Database
from storage.operations import backups

INTERVAL = 10.0


def process_at(folder: Path, started_at: datetime) -> Process:
    """This process, which keeps its data in the folder."""
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        free = None
    return Process(f"{socket.gethostname()}:{os.getpid()}", __version__, started_at, free)


class QueueMetrics:
    def __init__(
        self,
        database: Database,
        metrics: Metrics,
        clock: Callable[[], datetime],
        leads: Callable[[], bool],
        queues: Sequence[WatchedQueue],
    ) -> None:
        self._queues = queues
        self._database = database
        self._metrics = metrics
        self._clock = clock
        self._leads = leads

    async def look(self) -> None:
        """Sets the figures; a process that does not lead shows none."""
        if not self._leads():
            self._metrics.waiting.clear()
            self._metrics.oldest.clear()
            return
        now = self._clock()
        async with self._database.reading(apart=True) as session:
            found = {queue.name: await queue.measure(session, now) for queue in self._queues}
            last = await backups.newest(session, whole=True)
        for name, queue in found.items():
            self._metrics.waiting.labels(name).set(queue.waiting)
            self._metrics.oldest.labels(name).set(queue.age(now))
        self._metrics.backup_at.set(last.at.timestamp() if last is not None else 0)
