"""What was read a moment ago, for the many messages that say the same."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

from cachetools import TTLCache

MOST = 32
FRESH_FOR = 3.0
"""Seconds after which it is read again: it may change while it is sent."""

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class RecentReads(Generic[Key, Value]):
    """Keeps the MOST that were read last."""

    def __init__(self) -> None:
        self._found: TTLCache[Key, Value] = TTLCache(MOST, FRESH_FOR)

    async def get(self, key: Key, read: Callable[[], Awaitable[Value]]) -> Value:
        """What `read` brought for this key, if that is fresh; else what it brings now."""
        try:
            return self._found[key]
        except KeyError:
            self._found[key] = value = await read()
            return value
