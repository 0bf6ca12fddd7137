"""The number of a place counts within its activity, and stays whoever gives theirs up."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from storage.activities import participants, sign_ups, waiting_list
from storage.database import Database
from storage.hours.quiet_hours import QuietHours
from storage.telegram_ids import PersonId
from tests.support.activities import published
from tests.support.simulator import NOON

QUIET = QuietHours.of("22:00-07:00", ZoneInfo("Asia/Shanghai"))
LI, WANG, ZHOU = PersonId(1), PersonId(2), PersonId(3)


async def test_a_place_has_its_number_within_the_activity(database: Database) -> None:
    first, second = await published(database, places=5), await published(database, places=5)
    async with database.writing() as session:
        for activity, people in ((first, (LI, WANG)), (second, (WANG, LI, ZHOU))):
            for person in people:
                await sign_ups.sign_up(session, activity, person, NOON, is_member=False)
        await waiting_list.release(session, second, WANG, NOON, QUIET)
    async with database.reading() as session:
        rows = await participants.people_of(session, second)
        assert [(row.person_id, await participants.number(session, row)) for row in rows] == [(LI, 2), (ZHOU, 3)]
        assert sorted((await participants.numbers(session, second)).values()) == [1, 2, 3]
