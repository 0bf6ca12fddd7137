"""Two coordinators do the same at the same moment: both get a calm answer, and it is done once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.campaigns import campaigns, moves
from storage.campaigns.agreements import reading, versions
from storage.campaigns.agreements.splitting import split
from storage.campaigns.agreements.table import ClauseDemand, ClauseText, Version
from storage.campaigns.ballots import ballots
from storage.campaigns.ballots.ballots import KeyUsedBefore
from storage.campaigns.ballots.table import Ballot
from storage.campaigns.campaigns import Phase, Plan
from storage.campaigns.ids import CampaignId
from storage.console import passes
from storage.console.passes import Kind, OpenedAlready, PassRow, digest_of
from storage.contests import contests, judges
from storage.contests.judges import Judge, JudgeAlready
from storage.database import Database
from storage.heat import days, rules
from storage.heat.days import Place, WeatherDay
from storage.honours import register, situations
from storage.honours.register import RegisteredAlready
from storage.honours.situation_table import SituationSurvey
from storage.honours.situations import SurveyedAlready
from storage.honours.table import Entry, Honoured
from storage.people.segments import Segment
from storage.refusals import Refused
from storage.telegram_ids import PersonId
from tests.support.ballots import plan, trustees
from tests.support.demands import seeded
from tests.support.simulator import COORDINATOR, NOON

KEY = trustees(2, 2).key
TEXT = "Article 1 Rest\nTwenty minutes after four hours.\nArticle 2 Rain\nNo deductions."


async def running(database: Database) -> CampaignId:
    async with database.writing() as session:
        row = await campaigns.create(session, Plan("Talks", "Meituan", Segment(), dict.fromkeys(Phase)))
        await moves.move(session, row.id, None, COORDINATOR, NOON, None)
        return row.id


async def both(database: Database, work: Callable[[AsyncSession], Awaitable[Any]]) -> list[type[Refused]]:
    """Does it in two transactions that have both begun; returns how it was refused."""
    begun = asyncio.Barrier(2)

    async def one() -> type[Refused] | None:
        try:
            async with database.writing() as session:
                if database.is_postgresql:
                    await session.scalar(select(1))
                    await begun.wait()
                await work(session)
        except Refused as refusal:
            return type(refusal)
        return None

    return [refused for refused in await asyncio.gather(one(), one()) if refused is not None]


async def count(database: Database, table: type[Any]) -> int:
    async with database.reading() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_the_second_draft_takes_the_place_of_the_first(database: Database) -> None:
    campaign_id = await running(database)
    clauses = split(TEXT)
    assert await both(database, lambda session: versions.prepare(session, campaign_id, clauses)) == []
    assert (await count(database, Version), await count(database, ClauseText)) == (1, len(clauses))


async def test_a_key_is_of_one_ballot(database: Database) -> None:
    campaign_id = await running(database)
    refused = await both(
        database, lambda session: ballots.prepare(session, campaign_id, plan(KEY), PersonId(COORDINATOR), NOON)
    )
    assert refused == [KeyUsedBefore]
    assert await count(database, Ballot) == 1


async def test_a_demand_is_put_behind_a_clause_once(database: Database) -> None:
    campaign_id = await running(database)
    (demand_id,) = await seeded(database, campaign_id, "No deductions in heavy rain")
    async with database.writing() as session:
        version = await versions.prepare(session, campaign_id, split(TEXT))
        clause_id = (await versions.texts_of(session, version.id))[0].clause_id
    assert await both(database, lambda session: reading.set_demand(session, clause_id, demand_id, answered=True)) == []
    assert await count(database, ClauseDemand) == 1


async def test_a_judge_is_named_once(database: Database) -> None:
    async with database.writing() as session:
        settings = contests.Settings(categories=("Videos",))
        phases = {contests.Phase.ENTRY: None, contests.Phase.VOTE: None}
        row = await contests.create(session, contests.Plan("Contest", "Rules", Segment(), settings, phases))
    assert await both(database, lambda session: judges.name(session, row.id, PersonId(7))) == [JudgeAlready]
    assert await count(database, Judge) == 1


async def test_honours_and_weather_are_entered_once(database: Database) -> None:
    entry = Entry("李雷", "Model worker", 2020)
    assert await both(database, lambda session: register.add(session, entry, None, NOON)) == [RegisteredAlready]
    assert await both(database, lambda session: situations.open_survey(session, 2026, NOON, NOON)) == [SurveyedAlready]
    place, rule = Place("town", "CN", ZoneInfo("Asia/Shanghai")), rules.of_country("CN")[0]
    forecast = days.Forecast(36, 27, None, 13)

    async def announces(session: AsyncSession) -> None:
        await days.note(session, NOON.date(), "town", forecast, "test")
        await days.set_rule(session, COORDINATOR, place, rule, NOON)

    assert await both(database, announces) == []
    assert [await count(database, table) for table in (Honoured, SituationSurvey, WeatherDay)] == [1, 1, 1]


async def test_a_mini_app_that_is_opened_twice_at_once_is_opened_once(database: Database) -> None:
    source = digest_of("initData")
    opens = partial(passes.issue, person_id=PersonId(5), kind=Kind.APP, now=NOON, source=source)
    assert await both(database, opens) == [OpenedAlready]
    assert await count(database, PassRow) == 1
