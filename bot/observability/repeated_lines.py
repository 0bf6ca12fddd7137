"""Lines of libraries that would fill the log: each kind is written a few times a minute, and then counted."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from cachetools import LRUCache

MOST_A_MINUTE = 5
_KINDS = 1_000
_DECIDED = "is_written"
_MINUTE = 60.0


@dataclass(slots=True)
class _Minute:
    begun: float
    lines: int = 0


class RepeatedLines(logging.Filter):
    """Holds back what a library says again and again. A kind is its logger and the line of code that says it.

    Somebody outside can cause such lines, for example with requests that are no HTTP. The first line of the next minute
    says how many were held back. The program's own lines all stay: each may have an id that a person asks about.
    """

    def __init__(self, ours: tuple[str, ...], clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._ours = ours
        self._clock = clock
        self._minutes: LRUCache[tuple[str, str, int], _Minute] = LRUCache(_KINDS)

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written; by each handler alike."""
        if record.name.partition(".")[0] in self._ours:
            return True
        if _DECIDED not in record.__dict__:
            record.__dict__[_DECIDED] = self._decide(record)
        return bool(record.__dict__[_DECIDED])

    def _decide(self, record: logging.LogRecord) -> bool:
        now, kind = self._clock(), (record.name, record.pathname, record.lineno)
        minute = self._minutes.get(kind)
        if minute is None or now - minute.begun >= _MINUTE:
            held_back = max(0, minute.lines - MOST_A_MINUTE) if minute is not None else 0
            if held_back:
                record.msg = f"{record.getMessage()} ({held_back} more of this kind before)"
                record.args = None
            minute = self._minutes[kind] = _Minute(now)
        minute.lines += 1
        return minute.lines <= MOST_A_MINUTE
