"""An audience is counted by its smaller tables, and that comes to the same as looking at everybody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from storage.broadcasts import recipients
from storage.broadcasts.recipients import Audience
from storage.database import Database
from storage.dialogues import Answers
from storage.membership import memberships
from storage.membership.conditions import IsMember, IsNoMember, WorksFor, WorksIn
from storage.people import people
from storage.people.people import PersonRow
from storage.people.segments import Condition, SeenWithin, Segment, Speaks
from storage.people.topics import Mute, Topic
from storage.telegram_ids import PersonId
from tests.support.simulator import NOON

PEOPLE = range(500, 560)
SEGMENTS: tuple[tuple[Condition, ...], ...] = (
    (),
    (IsMember(),),
    (IsNoMember(),),
    (WorksFor("Meituan"),),
    (WorksIn("Decheng"),),
    (SeenWithin(30),),
    (Speaks("en"),),
    (IsMember(), SeenWithin(30)),
    (WorksFor("Meituan"), WorksIn("Decheng")),
    (IsNoMember(), Speaks("zh_Hans"), SeenWithin(30)),
)


@pytest.fixture
async def town(database: Database) -> Database:
    """People of whom each third is a member, some have left, some can't be reached, and some do not want news."""
    async with database.writing() as session:
        for one in map(PersonId, PEOPLE):
            await people.seen_all(session, {one: "zh_Hans" if one % 4 else "en"}, NOON - timedelta(days=one % 7 * 9))
            if one % 3 == 0:
                platform = ("Meituan", "Eleme")[one % 2]
                answers: Answers = {"name": "Li", "platform": platform, "district": "Decheng"}
                await memberships.create(session, one, answers, NOON)
            if one % 15 == 0:
                await memberships.leave(session, one, NOON)
            if one % 11 == 0:
                session.add(Mute(person_id=one, topic=Topic.NEWS))
        unreachable = [PersonId(one) for one in PEOPLE if one % 5 == 1]
        await session.execute(update(PersonRow).where(PersonRow.id.in_(unreachable)).values(reachable=False))
    return database


async def looked_at(database: Database, segment: Segment, topic: Topic) -> Audience:
    """By the row of each person."""
    async with database.reading() as session:
        chosen = select(PersonRow.id, PersonRow.reachable).where(*segment.in_sql(session, NOON))
        rows = (await session.execute(chosen)).all()
        muted = set(await session.scalars(select(Mute.person_id).where(Mute.topic == topic)))
    reachable = {one for one, is_reachable in rows if is_reachable}
    return Audience(len(reachable - muted), len(rows) - len(reachable), len(reachable & muted))


@pytest.mark.parametrize("conditions", SEGMENTS, ids=lambda found: Segment(found).text)
@pytest.mark.parametrize("topic", [Topic.NEWS, Topic.URGENT])
async def test_an_audience_is_counted_as_if_everybody_were_looked_at(
    town: Database, conditions: tuple[Condition, ...], topic: Topic
) -> None:
    segment = Segment(conditions)
    async with town.reading() as session:
        found = await recipients.audience(session, segment, topic, NOON)
    assert found == await looked_at(town, segment, topic)
    assert found.reached > 0


async def test_whoever_is_erased_is_counted_no_longer(town: Database) -> None:
    one = PersonId(501)
    async with town.writing() as session:
        before = await recipients.audience(session, Segment((IsMember(),)), Topic.URGENT, NOON)
        await memberships.leave(session, one, NOON)
        await memberships.erase(session, one)
        await people.erase(session, one)
        after = await recipients.audience(session, Segment((IsMember(),)), Topic.URGENT, NOON)
    assert sum((before.reached, before.unreachable)) == sum((after.reached, after.unreachable)) + 1
    assert after == await looked_at(town, Segment((IsMember(),)), Topic.URGENT)
