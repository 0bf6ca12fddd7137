"""What those who run the bot are called, for those who work with them: kept in memory, never in the database."""

from __future__ import annotations

from cachetools import LRUCache

from handlers.chat.incoming import Incoming
from storage.telegram_ids import PersonId

_REMEMBERED = 500
_LONGEST = 40


class StaffNames:
    """The names of their Telegram accounts, of whoever has written or pressed something since the process began."""

    __slots__ = ("_names",)

    def __init__(self) -> None:
        self._names: LRUCache[PersonId, str] = LRUCache(_REMEMBERED)

    def learn(self, incoming: Incoming) -> None:
        if incoming.account_name:
            self._names[incoming.user_id] = incoming.account_name[:_LONGEST]

    def of(self, person_id: PersonId) -> str:
        """Empty if it is not known."""
        return self._names.get(person_id, "")
