"""Who is on the rolls of a campaign: whoever can take part, and nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from storage.campaigns import campaigns
from storage.campaigns.ballots import ballots, papers
from storage.campaigns.ballots.ballots import TooFewEntitled
from storage.campaigns.ballots.table import Paper
from storage.campaigns.campaigns import Phase, Plan
from storage.campaigns.commitments import askings, commitments
from storage.campaigns.commitments.table import AskedPerson
from storage.campaigns.ids import CampaignId
from storage.campaigns.surveys.roll import RollRow
from storage.database import Database
from storage.people import blocks
from storage.people.segments import Segment, Speaks
from storage.telegram_ids import PersonId
from tests.support.ballots import begun, known, plan, trustees
from tests.support.simulator import COORDINATOR, NOON
from tests.support.surveys import opened, prepared

VOTERS = range(1, 22)
BLOCKED, BLOCKED_FOR_A_DAY, LET_IN = 101, 102, 103
ALLOWED = {*VOTERS, LET_IN}
SEGMENTS = (Segment(), Segment((Speaks("en"),)))


async def in_phase(database: Database, phase: Phase, segment: Segment, voters: range = VOTERS) -> CampaignId:
    """A campaign for these people and three more, of whom two are blocked and the block of one is over."""
    await known(database, [*voters, BLOCKED, BLOCKED_FOR_A_DAY, LET_IN])
    ends = {BLOCKED: None, BLOCKED_FOR_A_DAY: NOON + timedelta(days=1), LET_IN: NOON}
    async with database.writing() as session:
        for person, until in ends.items():
            await blocks.block(session, PersonId(person), "flood", COORDINATOR, NOON - timedelta(days=1), until)
        row = await campaigns.create(session, Plan("Talks", "Meituan", segment, {phase: None, Phase.FOLLOW_UP: None}))
        await campaigns.move(session, row.id, None, NOON)
        return row.id


@pytest.mark.parametrize("segment", SEGMENTS)
async def test_a_blocked_person_has_no_paper_and_does_not_count_as_entitled(
    database: Database, segment: Segment
) -> None:
    campaign_id = await in_phase(database, Phase.VOTE, segment)
    async with database.writing() as session:
        ballot_id = (await ballots.prepare(session, campaign_id, plan(trustees(2, 2).key), COORDINATOR, NOON)).id
    await begun(database, ballot_id)
    async with database.writing() as session:
        row = await ballots.find(session, ballot_id)
        assert set(await session.scalars(select(Paper.person_id))) == ALLOWED
        assert row.roll_size == len(ALLOWED)
        assert await papers.is_entitled(session, ballot_id, PersonId(LET_IN))


async def test_blocked_people_do_not_make_a_ballot_large_enough(database: Database) -> None:
    campaign_id = await in_phase(database, Phase.VOTE, Segment(), range(1, 19))
    async with database.writing() as session:
        row = await ballots.prepare(session, campaign_id, plan(trustees(2, 2).key), COORDINATOR, NOON)
        with pytest.raises(TooFewEntitled):
            await ballots.begin(session, row.id, COORDINATOR, NOON)


@pytest.mark.parametrize("segment", SEGMENTS)
async def test_a_blocked_person_is_on_no_roll_of_a_survey(database: Database, segment: Segment) -> None:
    survey_id = await prepared(database, await in_phase(database, Phase.GATHER, segment))
    await opened(database, survey_id)
    async with database.reading() as session:
        assert set(await session.scalars(select(RollRow.person_id))) == ALLOWED


@pytest.mark.parametrize("segment", SEGMENTS)
async def test_a_blocked_person_is_not_asked_about_commitments(database: Database, segment: Segment) -> None:
    campaign_id = await in_phase(database, Phase.RESULT, segment)
    async with database.writing() as session:
        await commitments.add(session, campaign_id, "Thirty minutes", NOON)
        await campaigns.move(session, campaign_id, Phase.RESULT, NOON)
        while await askings.carry_on(session, NOON, NOON):
            pass
        assert set(await session.scalars(select(AskedPerson.person_id))) == ALLOWED
