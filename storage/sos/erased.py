"""Calls for help by people who have since erased their data: they still count towards the daily limit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cachetools import LRUCache

from storage.sos.table import DAY, Earlier
from storage.telegram_ids import PersonId

_MOST = 10_000
"""So many people are remembered at most."""


class ErasedCalls:
    """Else one person could have everybody nearby called out any number of times: call, erase everything, call again.

    In memory alone, since nothing of them may be kept: each process knows of those who were erased in it, until it
    ends.
    """

    def __init__(self) -> None:
        self._of: LRUCache[PersonId, tuple[Earlier, ...]] = LRUCache(_MOST)

    def of(self, person_id: PersonId) -> Sequence[Earlier]:
        return self._of.get(person_id, ())

    def add(self, person_id: PersonId, calls: Sequence[Earlier], now: datetime) -> None:
        """Also forgets the calls of anybody that are too old to count."""
        if not calls:
            return
        self._of[person_id] = (*self.of(person_id), *calls)
        for one, known in list(self._of.items()):
            if not any(call.at > now - DAY for call in known):
                del self._of[one]
