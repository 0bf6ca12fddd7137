"""Who may read a notice at the moment when it is sent: rights may have ended since it was queued."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.chat.view import View
from storage.people.access import Right
from storage.telegram_ids import PersonId

Reader = Callable[[AsyncSession, View, PersonId, Any], Awaitable[bool]]
"""Whether this person may read this notice now."""

RECIPIENT: Final = None
"""The reader of a notice that is about its recipient alone: it needs no right."""


def holding(right: Right) -> Reader:
    """Whoever has this right when the notice is sent."""

    async def holds(session: AsyncSession, view: View, person_id: PersonId, _notice: object) -> bool:
        return await view.context.staff.is_allowed(session, person_id, right, view.now)

    return holds
