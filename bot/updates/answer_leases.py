"""Answers in the database that a process is about to send stay its own while they wait for their turn.

A row of `updates` is due at the end of the lease. Who holds it moves that on; another process takes it only once nobody
does, which is soon after its holder was killed. A holder that was frozen, or cut off from the database, asks before it
sends: the row still has the time that it wrote there, or somebody else has taken it.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.database import Database
from storage.updates import updates
from storage.updates.ids import UpdateKey

LEASE = timedelta(seconds=20)
RENEWED_EVERY = 5.0
_RENEWED_BEFORE = timedelta(seconds=12)
"""What is left of a lease when it is renewed: two looks may fail."""
_SURE_FOR = timedelta(seconds=2)
"""What must be left of it for a message to leave without asking."""


class Taken(Exception):
    """Another process has these answers by now, and sends them."""


@dataclass(slots=True, eq=False)
class AnswerLease:
    """`due`: what the row says, as this process wrote it; None if the answers are in no row."""

    key: UpdateKey
    due: datetime | None


class AnswerLeases:
    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock
        self._held: set[AnswerLease] = set()

    @contextlib.contextmanager
    def holding(self, key: UpdateKey, due: datetime | None) -> Iterator[AnswerLease]:
        """Until the end of the block, the answers to this update are this process's to send."""
        lease = AnswerLease(key, due)
        self._held.add(lease)
        try:
            yield lease
        finally:
            self.drop(lease)

    def drop(self, lease: AnswerLease) -> None:
        """It is needed no longer."""
        self._held.discard(lease)

    async def renew(self) -> None:
        """Renews what ends soon."""
        soon = self._clock() + _RENEWED_BEFORE
        ending = [lease for lease in self._held if lease.due is not None and lease.due <= soon]
        if ending:
            await self._renew(ending)

    async def ensure(self, lease: AnswerLease) -> None:
        """To be asked when a message is about to leave.

        Raises:
            Taken: see the class.
        """
        if lease.due is None or lease.due > self._clock() + _SURE_FOR:
            return
        if lease not in await self._renew([lease]):
            raise Taken

    async def _renew(self, leases: Sequence[AnswerLease]) -> set[AnswerLease]:
        """Returns those that were still held."""
        due, renewed = self._clock() + LEASE, set[AnswerLease]()
        by_due: dict[datetime, list[AnswerLease]] = defaultdict(list)
        for lease in leases:
            if lease.due is not None:
                by_due[lease.due].append(lease)
        async with self._database.writing() as session:
            for old, group in by_due.items():
                keys = await updates.renew(session, [lease.key for lease in group], old, due)
                renewed |= {lease for lease in group if lease.key in keys}
        for lease in renewed:
            lease.due = due
        return renewed
