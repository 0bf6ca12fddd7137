"""Who has just opened /sos may send a location before any button: the answer to that search offers the call."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from cachetools import LRUCache

from handlers.chat.press import Button
from handlers.chat.talk import StatelessTalk
from handlers.sos import presses, words
from storage.stations.ids import SearchId
from storage.telegram_ids import PersonId

OFFERED_FOR = timedelta(minutes=10)
_MOST = 10_000
"""So many people are remembered at most."""


class Offering:
    """Remembers who was shown the page of /sos.

    In memory alone, so that a search costs no query and nowhere stands who looked at that page. After a restart, or on
    another replica, a location is a search as ever, and the button of the page itself is still there.
    """

    def __init__(self) -> None:
        self._shown: LRUCache[PersonId, datetime] = LRUCache(_MOST)

    def remember(self, person_id: PersonId, now: datetime) -> None:
        self._shown[person_id] = now

    def buttons(self, talk: StatelessTalk, search_id: SearchId) -> Sequence[Button]:
        """Below the answer to a search of theirs: to go on with its place."""
        shown = self._shown.get(talk.person.id)
        if shown is None or talk.now - shown > OFFERED_FOR:
            return ()
        return [presses.CALL_FROM.button(words.call_label(talk), search_id)]
