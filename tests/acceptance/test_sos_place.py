"""Whoever calls for help and their place: what else they write leads nowhere, and a search may be the call."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from handlers.i18n.translations import translator
from handlers.sos.offering import OFFERED_FOR
from storage.database import Database
from storage.sos import reading
from storage.sos.ids import HelpCallId
from storage.stations import stations
from tests.support.activities import at_home
from tests.support.buttons import labels
from tests.support.languages import LANGUAGES
from tests.support.simulator import DEZHOU, HALL, NOON, Rider, Town
from tests.support.sos import CALLER, VOLUNTEER, calls, helping_town, is_asked_to_help, on_duty

FIRST = HelpCallId(1)


@pytest.fixture
async def nearby(database: Database, tmp_path: Path) -> AsyncIterator[Town]:
    async with database.writing() as session:
        await stations.put_all(session, [HALL], NOON)
    async with helping_town(database, tmp_path) as town:
        yield town


async def searches(rider: Rider) -> str:
    """The answer to a location as a whole, with its buttons."""
    seen = len(rider.heard)
    await rider.shares(*DEZHOU)
    await rider.until(lambda: any("venue" in one for one in rider.heard[seen:]))
    return str(rider.heard[seen:])


@LANGUAGES
async def test_what_is_written_in_place_of_a_location_leads_nowhere_else(nearby: Town, language: str) -> None:
    """Words about a crash lead elsewhere to the desks' answers; here they would lead away from the call."""
    _ = translator(language)
    rider = await at_home(nearby, CALLER, language)
    await rider.says("/sos")
    await rider.hears_of(_("In an emergency, call first:"))
    await rider.presses(_("🆘 Tell riders nearby"))
    await rider.hears_of(_("If you can't send it, press “Skip”: then only coordinators are told."))
    said = _("Call {number} first. Send your location, or press “Skip” and only coordinators are told.")
    for text in ("送餐路上摔车了，腿很疼", "I crashed and the platform fined me"):
        await rider.says(text)
        heard = await rider.hears_of(said.format(number=120))
        assert labels(heard) == [_("Skip"), _("✖ Cancel")]
    await rider.presses(_("Skip"))
    await rider.hears_of(_("Skipped"))
    await rider.hears_of(
        _(
            "No volunteer near you is on duty, so nobody is coming. The coordinators are being told, but they may not "
            "see it in time. Please call:"
        )
    )
    assert not any(_("📍 Got your location.") in str(one) for one in rider.heard)


@LANGUAGES
async def test_a_location_in_an_emergency_is_received_and_not_thanked_for(nearby: Town, language: str) -> None:
    _ = translator(language)
    caller = await calls(nearby, language=language)
    await caller.hears_of(_("📍 Got your location."))
    await caller.hears_of("120")
    assert not any("👍" in str(one.get("text")) for one in caller.heard)


@LANGUAGES
async def test_a_location_right_after_sos_is_a_search_that_can_be_the_call(nearby: Town, language: str) -> None:
    _ = translator(language)
    label = _("🆘 Tell riders nearby")
    volunteer = await on_duty(nearby, VOLUNTEER, language)
    rider = await at_home(nearby, CALLER, language)
    assert label not in await searches(rider), "without /sos it is a search alone"
    await rider.says("/sos")
    await rider.hears_of(_("In an emergency, call first:"))
    nearby.now += OFFERED_FOR
    assert label in await searches(rider)
    rider.skips_the_rest()
    await rider.presses(label)
    heard = await rider.hears_of("120")
    assert ("🆘 1" if language == "en" else "1 位") in heard["text"]
    await is_asked_to_help(volunteer)
    async with nearby.database.reading() as session:
        facts = await reading.facts(session, FIRST)
    assert facts is not None and facts.content is not None and facts.content.spot == pytest.approx(DEZHOU)
    pin = rider.world.chats[rider.id].messages[rider.button(_("ℹ️ More"))[0]]
    assert label not in str(pin["reply_markup"]), "the ways to the station stay"
    await rider.presses(label)
    await rider.hears_of(_("🆘 You have called for help. Nobody has said yet that they are coming."))


async def test_after_ten_minutes_a_location_is_a_search_alone(nearby: Town) -> None:
    rider = await at_home(nearby, CALLER)
    await rider.says("/sos")
    await rider.hears_of("In an emergency, call first:")
    nearby.now += OFFERED_FOR + timedelta(seconds=1)
    assert "🆘" not in await searches(rider)


async def test_a_place_that_is_old_is_asked_for_anew(nearby: Town) -> None:
    rider = await at_home(nearby, CALLER)
    await rider.says("/sos")
    await rider.hears_of("In an emergency, call first:")
    assert "🆘" in await searches(rider)
    nearby.now += OFFERED_FOR + timedelta(seconds=1)
    await rider.presses("🆘 Tell riders nearby")
    await rider.hears_of("press “Skip”")
    async with nearby.database.reading() as session:
        assert await reading.facts(session, FIRST) is None


async def test_where_it_is_switched_off_a_location_is_a_search_alone(town: Town) -> None:
    rider = await at_home(town, CALLER)
    await rider.says("/sos")
    await rider.hears_of("I don't know this command.")
    assert "🆘" not in await searches(rider)
