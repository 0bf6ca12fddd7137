"""What was read a moment ago, for the many messages that say the same."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

MOST = 32
FRESH_FOR = 3.0
"""Seconds after which it is read again: it may change while it is sent."""

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class RecentReads(Generic[Key, Value]):
    """Keeps the MOST that were read last."""

    def __init__(self) -> None:
        self._found: OrderedDict[Key, tuple[float, Value]] = OrderedDict()

    async def get(self, key: Key, read: Callable[[], Awaitable[Value]]) -> Value:
        """What `read` brought for this key, if that is fresh; else what it brings now."""
        found = self._found.get(key)
        if found is not None and time.monotonic() - found[0] < FRESH_FOR:
            return found[1]
        value = await read()
        self._found[key] = time.monotonic(), value
        self._found.move_to_end(key)
        while len(self._found) > MOST:
            self._found.popitem(last=False)
        return value
