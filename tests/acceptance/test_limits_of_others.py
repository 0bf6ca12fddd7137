"""What somebody else wrote is no command, and nobody is asked without end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.sandbox.wishes import written
from storage.activities import questions
from storage.activities.ids import ActivityId
from storage.activities.questions import MOST_PER_HOUR, TooManyQuestions
from storage.database import Database
from storage.telegram_ids import PersonId
from tests.support.activities import at_home
from tests.support.simulator import NOON, Town

VIA = {"id": 77, "is_bot": True, "first_name": "Other", "username": "other_bot"}


async def test_a_command_that_another_bot_wrote_is_not_carried_out(town: Town) -> None:
    rider = await at_home(town, 440)
    await rider.sends(**written("/language"), via_bot=VIA)
    await town.until_idle()
    await rider.says("/activities")
    await rider.hears_of("Activities")
    assert not any("中文" in str(one.get("reply_markup")) for one in rider.heard)


async def test_a_rider_asks_five_questions_an_hour(database: Database) -> None:
    async with database.writing() as session:
        for _ in range(MOST_PER_HOUR):
            await questions.ask(session, ActivityId(1), PersonId(440), "Parking?", NOON)
        with pytest.raises(TooManyQuestions):
            await questions.ask(session, ActivityId(2), PersonId(440), "Parking?", NOON)
        await questions.ask(session, ActivityId(1), PersonId(441), "Parking?", NOON)
        await questions.ask(session, ActivityId(1), PersonId(440), "Parking?", NOON + timedelta(hours=1))
