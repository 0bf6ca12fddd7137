"""The sign-ups in the copy of somebody's data."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import sealed_columns
from storage.activities.participants import SignUp, answers_of
from storage.telegram_ids import PersonId


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[dict[str, object]]:
    rows = await session.scalars(select(SignUp).where(SignUp.person_id == person_id).order_by(SignUp.id))
    return [
        {
            "activity": row.activity_id,
            "state": row.state.name.lower(),
            "guests": row.guests,
            "ticket": row.ticket,
            "ticket_code": row.ticket_code,
            "at": row.at,
            "answers": answers_of(session, row),
            "came_at": row.came_at,
            "rating": row.rating,
            "comment": _comment(session, row),
        }
        for row in rows
    ]


def _comment(session: AsyncSession, row: SignUp) -> str:
    if row.comment is None:
        return ""
    return sealed_columns.opened(session, row, SignUp.comment).decode()
