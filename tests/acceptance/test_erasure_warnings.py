"""Before an erasure, everything that would end with it is named, feature by feature."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from handlers.i18n.translations import Translate, translator
from storage.campaigns import campaigns
from storage.campaigns.agreements import comments
from storage.campaigns.campaigns import Phase
from storage.campaigns.demands import gathering
from storage.campaigns.demands.gathering import Brought
from storage.contests.contests import Phase as ContestPhase
from storage.contests.contests import Plan
from storage.database import Database
from storage.telegram_ids import PersonId
from tests.support import contests as contest_support
from tests.support.activities import at_home
from tests.support.agreements import published
from tests.support.ballots import VOTERS, opened, trustees
from tests.support.campaigns import in_phase
from tests.support.languages import LANGUAGES
from tests.support.pay import begun
from tests.support.simulator import Rider, Town
from tests.support.sos import CALLER, VOLUNTEER, calls, helping_town, is_asked_to_help, on_duty

RIDER = 7_301


@pytest.fixture
async def nearby(database: Database, tmp_path: Path) -> AsyncIterator[Town]:
    async with helping_town(database, tmp_path) as town:
        yield town


async def stored_and_warned(rider: Rider, _: Translate) -> tuple[str, str]:
    """The page of /privacy, and what is said before an erasure."""
    await rider.says("/privacy")
    page = await rider.hears_of("Telegram")
    await rider.presses(_("🗑 Erase everything about me"))
    warned = await rider.hears_of(_("<b>Erase everything stored about you?</b>")[3:-4])
    return page["text"], warned["text"]


@LANGUAGES
async def test_the_pay_book(town: Town, language: str) -> None:
    _ = translator(language)
    rider = await begun(town, language=language)
    await rider.says("9h 42 318")
    await rider.hears_of("✓")
    _page, warned = await stored_and_warned(rider, _)
    said = "with 1 entry" if language == "en" else "1 "
    assert said in warned and "/pay" in warned


@LANGUAGES
async def test_entries_and_teams_of_contests(town: Town, language: str) -> None:
    _ = translator(language)
    rider = await at_home(town, RIDER, language)
    alone = await contest_support.prepared(town.database)
    await contest_support.moved(town.database, alone, ContestPhase.ENTRY)
    await contest_support.entered(town.database, alone, RIDER)
    plan: Plan = contest_support.plan(by_team=True)
    together = await contest_support.prepared(town.database, plan)
    await contest_support.moved(town.database, together, ContestPhase.ENTRY)
    await contest_support.entered(town.database, together, RIDER)
    _page, warned = await stored_and_warned(rider, _)
    assert ("1 contest entry" if language == "en" else "1 件参赛作品") in warned
    assert (
        _(
            "⚠️ You are in a team of a contest. You would leave it: your name goes from its entries, and if nobody "
            "else is in it, they are withdrawn."
        )
        in warned
    )


@LANGUAGES
async def test_calls_for_help(nearby: Town, language: str) -> None:
    _ = translator(language)
    volunteer = await on_duty(nearby, VOLUNTEER, language)
    caller = await calls(nearby, CALLER, language)
    await caller.hears_of("120")
    await is_asked_to_help(volunteer)
    await volunteer.presses(_("🚴 I'm going"))
    await caller.hears_of("🚴")
    _page, warned = await stored_and_warned(caller, _)
    assert _("⚠️ Your call for help would end, and nobody would come to you because of it.") in warned
    _page, warned = await stored_and_warned(volunteer, _)
    assert _("⚠️ You are going to somebody who has called for help; others would be asked instead.") in warned


@LANGUAGES
async def test_a_paper_in_an_open_ballot(town: Town, language: str) -> None:
    _ = translator(language)
    rider = await at_home(town, RIDER, language)
    await opened(town, trustees().key, VOTERS)
    page, warned = await stored_and_warned(rider, _)
    assert _("that you have a paper in a secret ballot, and whether you voted; nobody can see how: /voice") in page
    assert (
        _(
            "⚠️ A secret ballot is open. Your paper in it would be gone: a vote that you have cast wouldn't count, and "
            "you couldn't vote again."
        )
        in warned
    )


@LANGUAGES
async def test_what_waits_in_a_campaign(town: Town, language: str) -> None:
    _ = translator(language)
    rider = await at_home(town, RIDER, language)
    first = await in_phase(town, Phase.GATHER)
    async with town.database.writing() as session:
        row = await campaigns.find(session, first)
        await gathering.bring(session, row, PersonId(RIDER), Brought("Rest at noon"), town.now)
    second = await in_phase(town, Phase.DRAFT)
    clauses = await published(town, second)
    async with town.database.writing() as session:
        await comments.write(session, clauses[0], PersonId(RIDER), "Half an hour", town.now)
    page, warned = await stored_and_warned(rider, _)
    assert _("the demands that you brought or follow, and about which ones you said something: /voice") in page
    assert _("your comments on draft agreements, shown under an alias, and those that you support: /voice") in page
    assert _("⚠️ You have brought a demand that nobody has decided about yet; it would be removed.") in warned
    assert _("⚠️ A comment of yours on a draft agreement waits to be checked; it would be removed.") in warned
