"""A group with topics as the inbox of a desk: one topic a case. It shows the number, the kind and where it stands, and
leads to the private chat; what was told stays there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from telegram import error

from bot.backoff import Rests
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
FIRST_REST, LONGEST_REST = 3.0, 3_600.0
"""Seconds for which a case is left alone whose topic could not be shown."""
LONGEST_REST_OF_GROUP = 60.0
"""Where nothing can be shown: the bot was removed, may open no topics, or Telegram is away."""
_START = CaseId(0)
_DELETED = "message thread not found"
"""What Telegram says about a topic that is no more."""


class CaseForum:
    def __init__(
        self,
        database: Database,
        courier: Courier,
        context: AppContext,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float],
    ) -> None:
        self._database = database
        self._courier = courier
        self._context = context
        self._clock = clock
        self._last = _START
        """The case that was looked at last."""
        self._outage = Outage("failed to update forum topics", monotonic)
        self._cases: Rests[CaseId] = Rests(FIRST_REST, LONGEST_REST, monotonic)
        self._groups: Rests[ChatId] = Rests(FIRST_REST, LONGEST_REST_OF_GROUP, monotonic)

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
            if old.is_in_doubt or chats.silence(group) or self._is_resting(old.case, group):
                continue
            try:
                await self._show(desk, old.case, old.says)
            except error.RetryAfter as wait:
                self._courier.pacer.refused(group, wait_of(wait))
            except error.TelegramError as failure:
                self._outage.missed(failure)
                await self._failed(old.case, group, failure)
            except Exception:
                self._cases.failed(old.case.id)
                raise
            else:
                self._outage.over()
                self._cases.succeeded(old.case.id)
                self._groups.succeeded(group)
        if len(found) < AT_ONCE:
            self._last = _START
        return bool(found)

    def _is_resting(self, row: Case, group: ChatId) -> bool:
        return self._groups.is_resting(group) or self._cases.is_resting(row.id)

    async def _failed(self, row: Case, group: ChatId, failure: error.TelegramError) -> None:
        """What Telegram refuses in a topic is a matter of its case, all else one of the group. A topic that somebody
        deleted is opened again."""
        if row.topic_id is None or not isinstance(failure, error.BadRequest):
            self._groups.failed(group)
            return
        self._cases.failed(row.id)
        if _DELETED in failure.message.lower():
            await self._keep(row.id, None, None)

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

    async def _keep(self, case_id: CaseId, topic: TopicId | None, shows: str | None) -> None:
        async with self._database.writing() as session:
            await case_queue.keep_topic(session, case_id, topic, shows)

    async def _call(self, method: str, params: dict[str, Any]) -> Any:
        return await self._courier.call(Outgoing(method, params))
