"""Surveys to answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from storage.campaigns.ids import CampaignId, SurveyId
from storage.campaigns.surveys import parts, questions, running, surveys
from storage.campaigns.surveys.surveys import Plan, State
from storage.campaigns.surveys.wording import Kind, Wording
from storage.database import Database
from storage.people.segments import Condition
from tests.support.simulator import COORDINATOR, NOON, Town

TITLE = "Winter work"
HOURS = Wording(Kind.NUMBER, "Hours a day?", borders=(8, 10))
NEEDS = Wording(
    Kind.SEVERAL,
    "缺什么？",
    ("休息", "喝水", "厕所"),
    other_text="What is missing?",
    other_options=("Rest", "Water", "Toilets"),
)
"""In Chinese, which the organisation of the tests speaks, and in English."""
SAFE = Wording(Kind.RATING, "How safe do you feel?")
RAISE = Wording(Kind.ONE, "Raise it?", ("Yes", "No"))
ALL_KINDS = (HOURS, NEEDS, SAFE, RAISE)
CLOSES = NOON + timedelta(days=2)


async def prepared(
    database: Database,
    campaign_id: CampaignId,
    asked: Sequence[Wording] = ALL_KINDS,
    by: Sequence[tuple[str, Condition]] = (),
) -> SurveyId:
    """A survey that has not been opened; counted by these parts."""
    async with database.writing() as session:
        row = await surveys.create(session, campaign_id, Plan(TITLE, CLOSES))
        await questions.replace_all(session, row.id, asked)
        if by:
            await parts.toggle(session, row.id, "part", by)
        return row.id


async def opened(database: Database, survey_id: SurveyId) -> None:
    """Its roll is laid down, and it can be answered."""
    async with database.writing() as session:
        await running.open_(session, survey_id, COORDINATOR, NOON)
    async with database.writing() as session:
        while (await surveys.find(session, survey_id)).state is State.OPENING:
            await running.carry_on(session, NOON, None)


async def told(town: Town) -> None:
    """The clock has laid down the roll, and everybody hears of it."""
    for _ in range(4):
        await town.tick("surveys")
    await town.announces()
