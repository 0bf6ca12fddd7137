"""Pauses between tries that get longer."""

from __future__ import annotations


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
