"""Pauses between tries that get longer."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from cachetools import LRUCache

Key = TypeVar("Key", bound=Hashable)


class Backoff:
    """Each pause is twice the one before, from `first` to `longest` seconds; after a success it begins at `first`."""

    def __init__(self, first: float, longest: float) -> None:
        self._first = first
        self._longest = longest
        self._pause = first

    def next(self) -> float:
        """Returns the seconds to wait now, and doubles them for the next time."""
        pause = self._pause
        self._pause = min(2 * pause, self._longest)
        return pause

    def reset(self) -> None:
        """Begins at the first pause again."""
        self._pause = self._first


class Rests(Generic[Key]):
    """A backoff for each of many: what failed rests, longer each time, until it succeeds. Only the `most` that failed
    last are remembered."""

    def __init__(self, first: float, longest: float, clock: Callable[[], float], most: int = 10_000) -> None:
        """`clock` in seconds, as `time.monotonic`."""
        self._first, self._longest = first, longest
        self._clock = clock
        self._known: LRUCache[Key, tuple[Backoff, float]] = LRUCache(most)

    def failed(self, key: Key) -> None:
        """Lets it rest from now on."""
        backoff, _ = self._known.get(key) or (Backoff(self._first, self._longest), 0.0)
        self._known[key] = backoff, self._clock() + backoff.next()

    def succeeded(self, key: Key) -> None:
        """Forgets what failed before."""
        self._known.pop(key, None)

    def is_resting(self, key: Key) -> bool:
        """Whether it failed so lately that it is to be left alone."""
        known = self._known.get(key)
        return known is not None and self._clock() < known[1]
