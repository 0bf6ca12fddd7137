"""Who may read a notice about a case when it is sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.chat.readers import Reader
from handlers.chat.view import View
from storage.cases import audience
from storage.cases.audience import CaseAudience
from storage.cases.table import Case
from storage.telegram_ids import PersonId

_Rule = Callable[[CaseAudience, AsyncSession, Case, PersonId], Awaitable[bool]]


class _AboutCase(Protocol):
    """A notice with the number of its case."""

    @property
    def number(self) -> str: ...


def case_audience(view: View) -> CaseAudience:
    """By the roles and desks that are in force now."""
    return CaseAudience(view.context.staff, view.context.settings.desks, view.now)


def _by(rule: _Rule) -> Reader:
    async def may_read(session: AsyncSession, view: View, person_id: PersonId, notice: _AboutCase) -> bool:
        row = await audience.named(session, notice.number)
        return row is not None and await rule(case_audience(view), session, row, person_id)

    return may_read


HANDLER = _by(CaseAudience.is_handler)
"""Whoever has the case in hand."""
DESK = _by(CaseAudience.is_of_desk)
"""Whoever may take it."""
ALERTED = _by(CaseAudience.is_alerted)
"""Those, the coordinators and the admins."""
