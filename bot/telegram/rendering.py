"""From a delivery to the call that sends it: notices in the recipient's language, broadcasts as they were written."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.config.config import Config
from handlers.broadcasts.compose import sent_buttons
from handlers.chat.context import AppContext
from handlers.chat.routes import Routes
from handlers.chat.talk import Outgoing, buttons_markup, message_params
from storage.broadcasts import broadcasts
from storage.broadcasts.broadcasts import Content
from storage.broadcasts.topics import Topic
from storage.database import Database
from storage.deliveries.queue import Claimed

_KEPT = 32
_FRESH_FOR = 3.0
"""Seconds for which a broadcast's content is not read again: it may be corrected while it is sent."""
_EDITS = {
    "sendMessage": "editMessageText",
    "sendPhoto": "editMessageCaption",
    "sendDocument": "editMessageCaption",
    "sendVoice": "editMessageCaption",
    "sendVideo": "editMessageCaption",
}
_CHANGEABLE = {"editMessageText": ("text", "entities"), "editMessageCaption": ("caption", "caption_entities")}


class Rendering:
    def __init__(
        self, database: Database, context: AppContext, routes: Routes, config: Config, clock: Callable[[], datetime]
    ) -> None:
        self._clock = clock
        self._subjects: OrderedDict[tuple[str, int], tuple[float, Mapping[str, Any] | None]] = OrderedDict()
        self._database = database
        self._context = context
        self._routes = routes
        self._paid = config.telegram.paid_broadcast
        self._contents: OrderedDict[tuple[int, int | None], tuple[float, Content, Topic]] = OrderedDict()

    async def render(self, claimed: Claimed) -> Outgoing | None:
        """None if there is nothing to send (any more)."""
        language = claimed.language or self._context.settings.organisation.language
        if claimed.kind == "recall":
            return Outgoing("deleteMessage", {"chat_id": claimed.recipient, "message_id": claimed.target})
        compose = self._routes.composers.get(claimed.kind)
        if compose is not None:
            async with self._database.reading() as session:
                return await compose(session, self._context, claimed, language, self._clock())
        subject = claimed.broadcast_id or claimed.about
        if subject is None:
            params = await self._params(claimed)
            if params is None:
                return None
            text, buttons = self._routes.notices[claimed.kind](self._context, language, params)
            said = message_params(claimed.recipient, text, buttons)
            if claimed.target is None:
                return Outgoing("sendMessage", said)
            return Outgoing("editMessageText", {**said, "message_id": claimed.target})
        found = await self._content(subject, claimed.revision)
        if found is None:
            return None
        outgoing = self._broadcast(claimed.recipient, subject, *found, language)
        return outgoing if claimed.about is None else _edit(outgoing, claimed.target)

    async def _params(self, claimed: Claimed) -> Mapping[str, Any] | None:
        """What fills a notice: what was kept with it, and what is read of its subject now; None if it helps no more."""
        now = self._clock()
        if claimed.expires_at is not None and claimed.expires_at <= now:
            return None
        read = self._routes.subjects.get(claimed.kind)
        if read is None:
            return claimed.params
        about = claimed.subject if claimed.subject is not None else int(claimed.params["id"])
        kept = self._subjects.get((claimed.kind, about))
        if kept is None or time.monotonic() - kept[0] > _FRESH_FOR:
            async with self._database.reading() as session:
                kept = time.monotonic(), await read(session, about, now)
            self._subjects[claimed.kind, about] = kept
            while len(self._subjects) > _KEPT:
                self._subjects.popitem(last=False)
        return None if kept[1] is None else {**kept[1], **claimed.params, "now": now}

    def _broadcast(self, recipient: int, broadcast_id: int, content: Content, topic: Topic, language: str) -> Outgoing:
        method, said = content.call_in(language)
        params = {"chat_id": recipient, **said}
        rows = sent_buttons(broadcast_id, content, topic, language)
        if rows:
            params["reply_markup"] = buttons_markup(rows)
        if self._paid:
            params["allow_paid_broadcast"] = True
        return Outgoing(method, params)

    async def _content(self, broadcast_id: int, revision: int | None) -> tuple[Content, Topic] | None:
        """With the `revision` of a correction, so that none is sent with what was read before it."""
        kept = self._contents.get((broadcast_id, revision))
        if kept is not None and time.monotonic() - kept[0] < _FRESH_FOR:
            return kept[1], kept[2]
        async with self._database.reading() as session:
            row = await broadcasts.find(session, broadcast_id)
            if row is None:
                return None
            content, topic = broadcasts.content_of(session, row), Topic(row.topic)
        self._contents[broadcast_id, revision] = (time.monotonic(), content, topic)
        while len(self._contents) > _KEPT:
            self._contents.popitem(last=False)
        return content, topic


def _edit(outgoing: Outgoing, message_id: int | None) -> Outgoing | None:
    """The call that changes a message into this one; None for what can't be changed (a place)."""
    method = _EDITS.get(outgoing.method)
    if method is None:
        return None
    kept = ("chat_id", "reply_markup", *_CHANGEABLE[method])
    params = {name: value for name, value in outgoing.params.items() if name in kept}
    return Outgoing(method, {**params, "message_id": message_id})
