"""How often an update waits for PostgreSQL. Each time costs more than the statement that it carries."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from benchmarks.speed.forms import SCRIPT
from benchmarks.support.database_proxy import DatabaseProxy
from benchmarks.support.in_process import InProcess, in_process
from bot.updates import answered_marks
from handlers.activities import presses
from handlers.campaigns.demands import presses as demand_presses
from handlers.contests import presses as contest_presses
from storage.activities import planning
from storage.activities.activities import Kind
from storage.activities.planning import Plan
from storage.campaigns import campaigns
from storage.campaigns import moves as campaign_moves
from storage.campaigns.campaigns import Phase as CampaignPhase
from storage.campaigns.campaigns import Plan as CampaignPlan
from storage.campaigns.demands import moderation
from storage.contests import contests, entries, entry_changes
from storage.contests import moves as contest_moves
from storage.contests.entries import Content
from storage.contests.entries import Kind as ContentKind
from storage.contests.entry_changes import Offered
from storage.people import people
from storage.people.segments import Segment
from storage.telegram_ids import PersonId
from tests.support.databases import KEY

OF_A_STEP = 2
"""Who speaks and the form; the form, its update's mark and the answers."""
OF_A_PRESS = 11
OF_A_STANCE = OF_A_VOTE = 5
SETTINGS = """
[limits]
burst = 1000
[telegram]
messages_per_second = 1000
messages_per_second_per_chat = 1000
"""
RIDER, FIRST = PersonId(31), PersonId(32)


@dataclass(frozen=True, slots=True)
class Counted:
    """A bot whose database is behind a network that counts."""

    bot: InProcess
    proxy: DatabaseProxy

    async def trips(self, update: Awaitable[None]) -> int:
        before = self.proxy.round_trips
        await update
        return self.proxy.round_trips - before

    async def presses(self, person: PersonId, data: str) -> int:
        return await self.trips(self.bot.presses(person, data))


@pytest.fixture
async def counted(postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Counted]:
    monkeypatch.setattr(answered_marks, "WITHIN", 3_600.0)  # they are written by the clock, for several updates
    proxy = DatabaseProxy(postgresql_url)
    async with (
        proxy.running() as url,
        in_process(tmp_path, url, base64.b64encode(KEY).decode(), SETTINGS) as bot,
    ):
        yield Counted(bot, proxy)


async def joins(counted: Counted, person: PersonId) -> list[int]:
    """The round trips of each update from /join to the receipt."""
    bot = counted.bot
    trips = [await counted.trips(bot.says(person, "/join"))]
    for step in SCRIPT:
        assert step.heard in bot.heard
        if step.text:
            trips.append(await counted.trips(bot.says(person, step.text)))
        elif step.button:
            trips.append(await counted.presses(person, bot.button(step.button)))
    return trips


async def test_a_step_of_a_form_takes_two(counted: Counted) -> None:
    await joins(counted, FIRST)  # each connection reads a statement's text once
    _begun, _agreed, *steps, _sent = await joins(counted, RIDER)
    assert steps == [OF_A_STEP] * len(steps) and len(steps) == len(SCRIPT) - 3


async def test_signing_up_and_giving_the_place_back(counted: Counted) -> None:
    now = datetime.now(UTC)
    async with counted.bot.app.base.database.writing() as session:
        plan = Plan("3x3", Kind.SPORT, now + timedelta(days=9), now + timedelta(days=9, hours=1))
        activity = await planning.create(session, plan, PersonId(1), now)
        await planning.publish(session, activity.id, now)
    sign_up, give_back = (press.data(activity.id) for press in (presses.SIGN_UP, presses.GIVE_BACK_NOW))
    for _ in range(3):
        trips = [await counted.presses(RIDER, data) for data in (sign_up, give_back)]
    assert max(trips) <= OF_A_PRESS, trips


async def test_a_stance_on_a_demand(counted: Counted) -> None:
    """Who speaks; BEGIN with the lock of the chat; the demand and its campaign; the stance, what else was answered, and
    the demand's counter; COMMIT with the mark."""
    bot, now = counted.bot, datetime.now(UTC)
    async with bot.app.base.database.writing() as session:
        row = await campaigns.create(session, CampaignPlan("Talks", "Meituan", Segment(), dict.fromkeys(CampaignPhase)))
        while row.phase is not CampaignPhase.RANK:
            await campaign_moves.move(session, row.id, row.phase, PersonId(1), now, None)
        for at in range(9):
            await moderation.add_seed(session, row.id, f"Demand number {at}")
    trips = []
    for person in (FIRST, RIDER):
        await bot.presses(person, demand_presses.RANK.data(row.id))
        trips = [await counted.presses(person, bot.button(f":1:{at}")) for at in range(6)]
    assert trips[1:] == [OF_A_STANCE] * 5, trips


async def test_a_vote_in_a_contest(counted: Counted) -> None:
    """The same, with the vote and the count of its hour in one."""
    bot, now = counted.bot, datetime.now(UTC)
    async with bot.app.base.database.writing() as session:
        await people.seen_all(
            session, dict.fromkeys((FIRST, RIDER, PersonId(41), PersonId(42)), "en"), now - timedelta(days=9)
        )
        settings = contests.Settings(categories=("Videos",))
        phases = dict.fromkeys((contests.Phase.ENTRY, contests.Phase.VOTE))
        row = await contests.create(session, contests.Plan("Contest", "Rules", Segment(), settings, phases))
        await contest_moves.move(session, row.id, None, PersonId(1), now, None)
        found = []
        for person in (41, 42):
            offered = Offered(0, Content(ContentKind.TEXT, f"Work {person}", "Words", "Team"), 1)
            entry = await entry_changes.enter(session, row.id, PersonId(person), offered, now)
            entry.state = entries.EntryState.SHOWN
            found.append(entry.id)
        await contest_moves.move(session, row.id, contests.Phase.ENTRY, PersonId(1), now, None)
    trips = []
    for person in (FIRST, RIDER):
        trips = [await counted.presses(person, contest_presses.VOTE.data(found[at % 2], 0)) for at in range(5)]
    assert trips[1:] == [OF_A_VOTE] * 4, trips
