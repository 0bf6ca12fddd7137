"""The end of what is kept about honoured people: when one of them is erased, and when its time is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.honours.ids import HonouredId
from storage.honours.situation_table import SituationAnswer, SituationSurvey
from storage.honours.table import LIVING, Honoured, entry_of
from storage.honours.trip_table import TripOffer
from storage.privacy.retention import AT_ONCE, Retention
from storage.telegram_ids import PersonId

ANSWERS_KEPT = timedelta(days=2 * 365)
"""After a survey: long enough to compare it with the next one."""


async def remove(session: AsyncSession, ids: Sequence[HonouredId]) -> None:
    """These entries, with their answers and offers."""
    await session.flush()
    await session.execute(delete(SituationAnswer).where(SituationAnswer.honoured_id.in_(ids)))
    await session.execute(delete(TripOffer).where(TripOffer.honoured_id.in_(ids)))
    await session.execute(delete(Honoured).where(Honoured.id.in_(ids)))


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    """All entries that this person has linked."""
    await remove(session, list(await session.scalars(select(Honoured.id).where(Honoured.person_id == person_id))))


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[dict[str, object]]:
    rows = await session.scalars(select(Honoured).where(Honoured.person_id == person_id).order_by(Honoured.id))
    found = []
    for row in rows:
        entry = entry_of(session, row)
        found.append(
            {
                "title": entry.title,
                "year": entry.year,
                "state": row.state,
                "name": entry.name,
                "id_number": entry.id_number,
                "employer": entry.employer,
                "phone": entry.phone,
                "note": entry.note,
                "last_trip_on": row.last_trip_on,
            }
        )
    return found


async def forget(session: AsyncSession, now: datetime, kept: Retention) -> bool:
    """Entries of people who died or whose honour was taken back, after the time for former members; and answers."""
    over = Honoured.state.not_in(LIVING) & (Honoured.changed_at < now - kept.former_members)
    ids = list(await session.scalars(select(Honoured.id).where(over).limit(AT_ONCE)))
    await remove(session, ids)
    old = select(SituationSurvey.id).where(SituationSurvey.closes_at < now - ANSWERS_KEPT)
    await session.execute(delete(SituationAnswer).where(SituationAnswer.survey_id.in_(old)))
    return len(ids) == AT_ONCE
