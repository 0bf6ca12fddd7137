"""A group with topics as the inbox of a desk: one topic a case. It shows the number, the kind and where it stands, and
leads to the private chat; what was told stays there."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from telegram import error

from bot.telegram.courier import Courier
from bot.telegram.pacing import Priority
from bot.telegram.reachability import Outage, wait_of
from handlers.cases.format import topic_words
from handlers.chat.context import AppContext
from handlers.chat.replies import Outgoing, message_params
from storage.cases import queue as case_queue
from storage.cases.desks import Desk
from storage.cases.ids import CaseId
from storage.cases.table import Case, CaseState, content_of
from storage.database import Database
from storage.telegram_ids import NO_CHAT, ChatId, TopicId

INTERVAL = 3.0
AT_ONCE = 20
"""Topics that are looked at in one turn."""
_START = CaseId(0)


class CaseForum:
    def __init__(
        self, database: Database, courier: Courier, context: AppContext, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._courier = courier
        self._context = context
        self._clock = clock
        self._last = _START
        """The case that was looked at last."""
        self._outage = Outage("failed to update forum topics", time.monotonic)

    async def show(self) -> bool:
        """Brings the topics of all desks that have a forum up to date; True if one of them may not be yet."""
        desks = {desk.key: desk for desk in self._context.settings.desks.values() if desk.forum}
        if not desks:
            return False
        async with self._database.reading() as session:
            found = await case_queue.with_old_topic(session, list(desks), self._last, AT_ONCE)
        chats = self._courier.pacer.chats
        for old in found:
            self._last = old.case.id  # what fails comes again after all the others
            desk = desks[old.case.desk]
            group = ChatId(desk.forum)
            if old.is_in_doubt or chats.silence(group):
                continue
            try:
                await self._show(desk, old.case, old.says)
            except error.RetryAfter as wait:
                self._courier.pacer.refused(group, wait_of(wait))
            except error.TelegramError as failure:
                self._outage.missed(failure)
            else:
                self._outage.over()
        if len(found) < AT_ONCE:
            self._last = _START
        return bool(found)

    async def _show(self, desk: Desk, row: Case, says: str) -> None:
        topic = row.topic_id
        if topic is None:
            made = await self._call("createForumTopic", {"chat_id": desk.forum, "name": row.number})
            topic = TopicId(made["message_thread_id"])
            await self._keep(row.id, topic, None)
        said = await self._card(row)
        await self._courier.pacer.slot(Priority.NOTICE)
        await self._call("sendMessage", {**said, "chat_id": desk.forum, "message_thread_id": topic})
        if row.state == CaseState.CLOSED:
            await self._call("closeForumTopic", {"chat_id": desk.forum, "message_thread_id": topic})
        await self._keep(row.id, topic, says)

    async def _card(self, row: Case) -> dict[str, Any]:
        """In the organisation's language: the group is its own."""
        async with self._database.reading() as session:
            content = content_of(session, row)
        text, buttons = topic_words(self._context, row, content, self._clock())
        return message_params(NO_CHAT, text, buttons)

    async def _keep(self, case_id: CaseId, topic: TopicId, shows: str | None) -> None:
        async with self._database.writing() as session:
            await case_queue.keep_topic(session, case_id, topic, shows)

    async def _call(self, method: str, params: dict[str, Any]) -> Any:
        return await self._courier.call(Outgoing(method, params))
