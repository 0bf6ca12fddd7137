"""Notices about a call for help, each composed for itself.

What is read for a notice of another kind is kept for a moment, for those who are told the same. Here a moment decides:
somebody is going, or no longer.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.chat.press import Page
from handlers.chat.readers import Reader
from handlers.chat.replies import Outgoing, message_params
from handlers.chat.routes import Routes
from handlers.chat.view import View
from storage.deliveries import notices
from storage.deliveries.notices import SubjectNotice
from storage.deliveries.queue import Claimed
from storage.sos.ids import HelpCallId
from storage.sos.reading import Facts
from storage.telegram_ids import private_chat_of

About = TypeVar("About", bound=SubjectNotice[HelpCallId])


def tell(
    routes: Routes,
    notice: type[About],
    words: Callable[[View, About, Facts], Page],
    read: Callable[[AsyncSession, About, datetime], Awaitable[Facts | None]],
    *,
    reader: Reader | None,
) -> None:
    """What a notice says of its call as it is when it is sent; nothing if `read` finds that it helps no more, or its
    recipient may not read it any more."""

    async def compose(session: AsyncSession, view: View, delivery: Claimed) -> Outgoing | None:
        said = notices.decode(notice, delivery.params, delivery.subject)
        if reader is not None and not await reader(session, view, delivery.recipient, said):
            return None
        facts = await read(session, said, view.now)
        if facts is None:
            return None
        params = message_params(private_chat_of(delivery.recipient), *words(view, said, facts))
        return Outgoing("sendMessage", params)

    routes.compose(notice.kind, compose)
