"""What a handler says to all riders of a collective case: to each in the talk of their own case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from storage.cases import collectives
from storage.cases import messages as case_messages
from storage.cases.ids import CollectiveId
from storage.cases.messages import Said
from storage.cases.table import Case, CaseState, Side
from storage.telegram_ids import PersonId


async def say(
    session: AsyncSession, collective_id: CollectiveId, handler: PersonId, text: str, now: datetime
) -> Sequence[Case]:
    """Says it in every open case of it that the handler has in hand; returns which these are.

    It answers nobody's question: a case that waited for the handler still does, and where somebody may be in danger, an
    answer is still due.
    """
    rows = await collectives.in_hand_for_update(session, collective_id, handler)
    for row in rows:
        waited, urgent_due_at = row.state == CaseState.OURS and row.first_answer_at is not None, row.urgent_due_at
        await case_messages.say(session, row, Side.HANDLER, handler, None, Said(text=text), now)
        if waited or urgent_due_at is not None:
            row.state, row.urgent_due_at = CaseState.OURS, urgent_due_at
    await session.flush()
    return rows
