"""How each kind of delivery becomes a call of the Bot API."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from bot.telegram.recent_reads import RecentReads
from handlers.broadcasts.shown import corrected_words, sent_buttons
from handlers.chat.readers import Reader
from handlers.chat.replies import Outgoing, buttons_markup, message_params
from handlers.chat.routes import Composer, NoticeRoute
from handlers.chat.view import View
from storage.broadcasts import broadcasts
from storage.broadcasts.content import Content
from storage.broadcasts.ids import BroadcastId
from storage.database import Database
from storage.deliveries import notices
from storage.deliveries.queue import Claimed
from storage.people.topics import Topic
from storage.telegram_ids import MessageId, PersonId, private_chat_of

_EDITS = {
    "sendMessage": "editMessageText",
    "sendPhoto": "editMessageCaption",
    "sendDocument": "editMessageCaption",
    "sendVoice": "editMessageCaption",
    "sendVideo": "editMessageCaption",
    "sendAudio": "editMessageCaption",
    "sendAnimation": "editMessageCaption",
}
_LONGEST = {"text": 4_096, "caption": 1_024}
_CHANGEABLE = {"editMessageText": ("text", "entities"), "editMessageCaption": ("caption", "caption_entities")}


class Renderer(Protocol):
    """Makes the call that sends a delivery; None if there is nothing to send any more."""

    async def render(self, delivery: Claimed, view: View, /) -> Outgoing | None: ...


class NoticeRenderer:
    """Notices: their words in the reader's language, as a new message or in place of an earlier one."""

    def __init__(self, database: Database, routes: Mapping[str, NoticeRoute]) -> None:
        self._database = database
        self._routes = routes
        self._facts: RecentReads[tuple[str, int], object] = RecentReads()

    async def render(self, delivery: Claimed, view: View) -> Outgoing | None:
        route = self._routes[delivery.kind]
        if delivery.expires_at is not None and delivery.expires_at <= view.now:
            return None
        notice = notices.decode(route.notice, delivery.params, delivery.subject)
        if route.reader is not None and not await self._may_read(route.reader, view, delivery.recipient, notice):
            return None
        facts = None
        if isinstance(notice, notices.SubjectNotice) and route.read is not None:
            facts = await self._read(route, notice, view.now)
            if facts is None:
                return None
        said = message_params(private_chat_of(delivery.recipient), *route.words(view, notice, facts))
        if delivery.target is None:
            is_night = view.context.settings.quiet_hours.began(view.now) is not None
            silent = {"disable_notification": True} if notice.is_silent_at_night and is_night else {}
            return Outgoing("sendMessage", {**said, **silent})
        return Outgoing("editMessageText", {**said, "message_id": delivery.target})

    async def _may_read(self, reader: Reader, view: View, recipient: PersonId, notice: notices.Notice) -> bool:
        """Asked again for each delivery: a right may have ended since it was queued."""
        async with self._database.reading() as session:
            return await reader(session, view, recipient, notice)

    async def _read(self, route: NoticeRoute, notice: notices.SubjectNotice[Any], now: datetime) -> Any:
        read = route.read
        assert read is not None

        async def now_read() -> object:
            async with self._database.reading() as session:
                return await read(session, notice, now)

        return await self._facts.get((notice.kind, notice.subject), now_read)


class ComposedRenderer:
    """What a feature composes itself, such as the copies of a case's messages."""

    def __init__(self, database: Database, composers: Mapping[str, Composer]) -> None:
        self._database = database
        self._composers = composers

    async def render(self, delivery: Claimed, view: View) -> Outgoing | None:
        async with self._database.reading() as session:
            return await self._composers[delivery.kind](session, view, delivery)


class BroadcastRenderer:
    """Broadcasts, as they were written."""

    def __init__(self, database: Database, *, paid: bool) -> None:
        self._database = database
        self._paid = paid
        self._contents: RecentReads[tuple[int, int | None], tuple[Content, Topic] | None] = RecentReads()

    async def render(self, delivery: Claimed, view: View) -> Outgoing | None:
        return await self.message(delivery.recipient, BroadcastId(delivery.broadcast_id or 0), None, view.language)

    async def message(
        self, recipient: PersonId, broadcast_id: BroadcastId, revision: int | None, language: str
    ) -> Outgoing | None:
        """With the `revision` of a correction, so that none is sent with what was read before it."""

        async def read() -> tuple[Content, Topic] | None:
            async with self._database.reading() as session:
                row = await broadcasts.find(session, broadcast_id)
                if row is None:
                    return None
                broadcasts.require_released(session, row)
                return broadcasts.content_of(session, row), row.topic

        found = await self._contents.get((broadcast_id, revision), read)
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


class CorrectionRenderer:
    """The new text of a broadcast, in place of the one that has arrived."""

    def __init__(self, broadcast: BroadcastRenderer) -> None:
        self._broadcast = broadcast

    async def render(self, delivery: Claimed, view: View) -> Outgoing | None:
        revision = delivery.revision
        outgoing = await self._broadcast.message(
            delivery.recipient, BroadcastId(delivery.about or 0), revision, view.language
        )
        return None if outgoing is None else _edit(outgoing, delivery.target, corrected_words(view.language))


class RecallRenderer:
    """The deletion of a message."""

    async def render(self, delivery: Claimed, _view: View) -> Outgoing | None:
        return Outgoing("deleteMessage", {"chat_id": delivery.recipient, "message_id": delivery.target})


def _edit(outgoing: Outgoing, message_id: MessageId | None, mark: str) -> Outgoing | None:
    """The call that changes a message into this one, with a mark below it; None for what can't be changed (a place)."""
    method = _EDITS.get(outgoing.method)
    if method is None:
        return None
    kept = ("chat_id", "reply_markup", *_CHANGEABLE[method])
    params = {name: value for name, value in outgoing.params.items() if name in kept}
    words = _CHANGEABLE[method][0]
    marked = "\n\n".join(filter(None, (str(params.get(words) or ""), mark)))
    if len(marked.encode("utf-16-le")) <= 2 * _LONGEST[words]:
        params[words] = marked
    return Outgoing(method, {**params, "message_id": message_id})
