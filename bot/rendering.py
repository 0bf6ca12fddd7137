"""From a delivery to the call that sends it: notices in the recipient's language, broadcasts as they were written."""

from __future__ import annotations

from collections import OrderedDict

from bot.config import Config
from handlers.broadcasts import sent_buttons
from handlers.house import House
from handlers.routes import Routes
from handlers.talk import Outgoing, buttons_markup, message_params
from storage import broadcasts
from storage.broadcasts import Content, Topic
from storage.database import Database
from storage.deliveries import Claimed

_KEPT = 32


class Rendering:
    """A broadcast's content is read once; it does not change while it runs."""

    def __init__(self, database: Database, house: House, routes: Routes, config: Config) -> None:
        self._database = database
        self._house = house
        self._routes = routes
        self._paid = config.telegram.paid_broadcast
        self._contents: OrderedDict[int, tuple[Content, Topic]] = OrderedDict()

    async def render(self, claimed: Claimed) -> Outgoing | None:
        """None if there is nothing to send (any more)."""
        language = claimed.language or self._house.organisation.language
        if claimed.broadcast_id is not None:
            return await self._broadcast(claimed.recipient, claimed.broadcast_id, language)
        text, buttons = self._routes.notices[claimed.kind](self._house, language, claimed.params)
        return Outgoing("sendMessage", message_params(claimed.recipient, text, buttons))

    async def _broadcast(self, recipient: int, broadcast_id: int, language: str) -> Outgoing | None:
        found = self._contents.get(broadcast_id) or await self._read(broadcast_id)
        if found is None:
            return None
        content, topic = found
        method, said = content.call_in(language)
        params = {"chat_id": recipient, **said}
        rows = sent_buttons(broadcast_id, content, topic, language)
        if rows:
            params["reply_markup"] = buttons_markup(rows)
        if self._paid:
            params["allow_paid_broadcast"] = True
        return Outgoing(method, params)

    async def _read(self, broadcast_id: int) -> tuple[Content, Topic] | None:
        async with self._database.reading() as session:
            row = await broadcasts.find(session, broadcast_id)
            if row is None:
                return None
            found = broadcasts.content_of(session, row), Topic(row.topic)
        self._contents[broadcast_id] = found
        while len(self._contents) > _KEPT:
            self._contents.popitem(last=False)
        return found
