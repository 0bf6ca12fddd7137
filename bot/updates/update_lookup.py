"""Which update it is, who sent it, and whether it has had its effect: looked up before anything is done about it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime

from handlers.chat.incoming import Json
from storage.coordination.batching import Batcher
from storage.database import Database
from storage.telegram_ids import PersonId
from storage.updates import user_state
from storage.updates.ids import UpdateKey
from storage.updates.updates import Done
from storage.updates.user_state import Standing


def update_key(raw: Json) -> UpdateKey:
    """Which update this is, as 63 bits: its number and the identity of what it carries, so that a server that starts
    counting again is not taken for one that repeats itself."""
    parts = [str(raw.get("update_id"))]
    for kind, body in raw.items():
        if isinstance(body, dict):
            chat = body.get("chat")
            chat = chat if isinstance(chat, dict) else {}
            parts += [kind, str(body.get("id") or body.get("message_id")), str(chat.get("id")), str(body.get("date"))]
            parts.append(str(body.get("edit_date")))
    digest = hashlib.blake2b("/".join(parts).encode(), digest_size=8).digest()
    return UpdateKey(int.from_bytes(digest, "big") >> 1)


class UpdateLookup:
    """One query for all updates of the moment."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock
        self._batched = Batcher(self._look_up)

    async def __call__(self, user_id: PersonId, key: UpdateKey) -> tuple[Standing, Done | None]:
        """What is known of the person, and what became of the update if it is a duplicate."""
        return await self._batched((user_id, key))

    async def _look_up(self, asked: Sequence[tuple[PersonId, UpdateKey]]) -> list[tuple[Standing, Done | None]]:
        async with self._database.reading(at_once=True) as session:
            return await user_state.looked_up(session, asked, self._clock())
