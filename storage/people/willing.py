"""Whom a message about a topic is for: people of a segment who can be reached and have not muted the topic."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.people import segments
from storage.people.people import PersonRow
from storage.people.segments import Segment
from storage.people.topics import Mute, Topic, muted_among
from storage.telegram_ids import PersonId


def chosen(
    session: AsyncSession, segment: Segment, topic: Topic, after: PersonId, last: PersonId, now: datetime
) -> Select[PersonId]:
    """Those with ids in (after, last], for a segment that the database alone decides. The column is `recipient`."""
    conditions = [segments.between(after, last), PersonRow.reachable, *segment.in_sql(session, now)]
    if topic is not Topic.URGENT:
        conditions.append(PersonRow.id.not_in(select(Mute.person_id).where(Mute.topic == topic)))
    return select(PersonRow.id.label("recipient")).where(*conditions)


async def among(
    session: AsyncSession, segment: Segment, topic: Topic, after: PersonId, last: PersonId, now: datetime
) -> list[PersonId]:
    """The same for any segment, with a look at each row."""
    found = await segments.page(session, segment, after, last, now)
    muted = await muted_among(session, [one.id for one in found], topic)
    return [one.id for one in found if one.reachable and one.id not in muted]
