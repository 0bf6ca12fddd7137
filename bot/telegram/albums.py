"""Albums: Telegram sends each picture of one as a message of its own; to whoever sent it, it is one."""

from __future__ import annotations

from cachetools import LRUCache

from handlers.chat.incoming import Incoming
from storage.telegram_ids import ChatId, MessageId

_KEPT = 4_096


class Albums:
    """Remembers which message of each album was answered. In memory: after a restart an album may be answered again."""

    def __init__(self) -> None:
        self._answered: LRUCache[tuple[ChatId, str], MessageId | None] = LRUCache(_KEPT)

    def is_rest(self, incoming: Incoming) -> bool:
        """Whether another message of the same album was answered already; the first that is asked about is noted."""
        if incoming.album is None:
            return False
        first: MessageId | None = self._answered.setdefault((incoming.chat_id, incoming.album), incoming.message_id)
        return first != incoming.message_id
