"""Entries that were taken and checked elsewhere, such as the demo's, and are put into a contest as they are."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from storage.contests import entries
from storage.contests.contests import Contest
from storage.contests.entries import Content, Entry, EntryState
from storage.contests.ids import TeamId
from storage.telegram_ids import PersonId


async def carry_over(
    session: AsyncSession,
    contest: Contest,
    person_id: PersonId,
    category: int,
    content: Content,
    state: EntryState,
    now: datetime,
    team_id: TeamId | None = None,
) -> Entry:
    """Unlike `entry_changes.enter` it asks neither whether this person may enter nor whether the bot knows them."""
    row = Entry(
        contest_id=contest.id,
        category=category,
        person_id=person_id,
        team_id=team_id,
        state=state,
        rules_version=contest.rules_version,
        sent_at=now,
    )
    session.add(row)
    await session.flush()
    entries.keep(session, row, content)
    return row
