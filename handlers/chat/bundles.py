"""Who may have a bundle of evidence made now: one at a time a person, few at a time in this process; and which ones
were sent lately, so that the same bundle is not made twice."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from cachetools import LRUCache

from storage.cases.ids import CaseId
from storage.scratch import Scratch
from storage.telegram_ids import PersonId

if TYPE_CHECKING:
    from handlers.chat.replies import Outgoing

AT_ONCE = 2
_REMEMBERED = 64


class NotSent(Exception):
    """Telegram does not take what was made beside a chat's turn."""


class Sent(NamedTuple):
    """A bundle as it was sent: a digest of what it tells, and Telegram's ids of its parts."""

    digest: bytes
    file_ids: Sequence[str]


@dataclass(slots=True)
class Bundles:
    """`scratch` makes a temporary file; `send` sends apart from a chat's turn, and raises NotSent."""

    scratch: Callable[[], Scratch]
    send: Callable[[Outgoing], Awaitable[None]]
    _people: set[PersonId] = field(default_factory=set)
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _sent: LRUCache[tuple[int, str], Sent] = field(default_factory=lambda: LRUCache(_REMEMBERED))

    def is_busy_for(self, person_id: PersonId) -> bool:
        return person_id in self._people

    def claim(self, person_id: PersonId) -> None:
        """Keeps this person's further presses out until `turn` is over."""
        self._people.add(person_id)

    @contextlib.asynccontextmanager
    async def turn(self, person_id: PersonId) -> AsyncIterator[None]:
        """Waits until there is room for this person's bundle."""
        try:
            async with self._room:
                yield
        finally:
            self._people.discard(person_id)

    def sent(self, case_id: CaseId, language: str, digest: bytes) -> Sequence[str]:
        """Telegram's ids of this bundle's parts, if it was sent lately and nothing has changed since."""
        found = self._sent.get((case_id, language))
        return found.file_ids if found is not None and found.digest == digest else ()

    def remember(self, case_id: CaseId, language: str, sent: Sent) -> None:
        self._sent[case_id, language] = sent
