"""Riding: what lies ahead rather than behind, by a live location or a direction of one's own choice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from handlers.i18n.translations import translator
from handlers.stations.asked import AS_I_MOVE, HEADINGS, Asked
from storage.stations import stations
from storage.stations.stations import Station
from tests.support.languages import LANGUAGES
from tests.support.simulator import NOON, Town

BEHIND, UNKNOWN, AHEAD = "暖新之家 <1>", "Second", "北方驿站"
"""The hours of the second are not known."""
ROAD = [
    Station("closing", "快关门的驿站", 37.445, 116.36, opening_hours="08:00-12:03"),
    Station("ahead", AHEAD, 37.46, 116.36, opening_hours="24/7"),
    Station("south", "南方驿站", 37.40, 116.36, opening_hours="24/7"),
]


async def has_a_road(town: Town) -> None:
    async with town.database.writing() as session:
        await stations.put_all(session, ROAD, NOON)
        await stations.announce_change(session)
    await town.app.services.directory.refresh()


def entries(message: Any) -> list[str]:
    """The names of the list, in order."""
    return [line.partition(" —")[0][3:] for line in message["text"].splitlines() if line[1:3] == ". "]


@LANGUAGES
async def test_a_live_location_shows_what_lies_ahead_in_the_same_message(town: Town, language: str) -> None:
    _ = translator(language)
    await has_a_road(town)
    rider = town.rider(901, language)
    live = await rider.shares(37.43, 116.36, live_period=900)
    listed = await rider.hears()
    assert entries(listed)[0] == BEHIND
    await rider.hears()
    await town.until_idle()
    await rider.presses(_("🧭 On my way"))
    waiting = await rider.hears()
    assert entries(waiting)[0] == BEHIND and _("once you are riding, I'll show what lies ahead") in waiting["text"]

    async def rides(latitude: float, **more: Any) -> Any:
        town.now += timedelta(seconds=31)
        place = {"latitude": latitude, "longitude": 116.36, "live_period": 900, **more}
        await town.world.edits(rider.person, live["message_id"], {"location": place})
        return await rider.hears()

    north = await rides(37.435)
    assert north["edited"] and north["message_id"] == listed["message_id"]
    assert _("Next on your way") in north["text"] and entries(north) == [UNKNOWN, AHEAD]
    assert _("🚲 about {minutes} min, open when you get there").format(minutes=12) in north["text"]
    assert (await rider.hears())["venue"]["title"] == UNKNOWN
    assert entries(await rides(37.455)) == [AHEAD]
    assert (await rider.hears())["venue"]["title"] == AHEAD
    assert entries(await rides(37.4549)) == [AHEAD], "a fix that hardly differs turns nobody round"
    turned = await rides(37.4548, heading=180)
    assert entries(turned)[0] == UNKNOWN and AHEAD not in turned["text"]
    await rider.hears()
    await rider.presses(_("📍 All around"))
    assert _("Next on your way") not in (await rider.hears())["text"]


@LANGUAGES
async def test_a_direction_can_be_chosen(town: Town, language: str) -> None:
    _ = translator(language)
    await has_a_road(town)
    rider = town.rider(902, language)
    await rider.shares(37.435, 116.36)
    assert entries(await rider.hears())[0] == BEHIND
    await rider.hears()
    await rider.presses(_("🧭 On my way"))
    await rider.hears()
    await rider.presses(f"⬇ {_('south')}")
    shown = await rider.hears()
    assert entries(shown) == [BEHIND, "南方驿站"] and f"⬇ {_('south')}" in shown["text"]
    await rider.presses(_("📍 All around"))
    await rider.hears()
    await rider.presses(_("🧭 On my way"))
    await rider.hears()
    await rider.presses(f"➡ {_('east')}")
    nothing = await rider.hears()
    assert (
        _("no station ahead within 10 km will be open when you get there") in nothing["text"]
        and BEHIND in nothing["text"]
    )


def test_a_direction_travels_in_a_button() -> None:
    for heading in (0, *HEADINGS, AS_I_MOVE):
        asked = Asked(amenities=3, radius=2, around_home=True, heading=heading)
        assert Asked.of(asked.code) == asked
    assert Asked.of(15 << 41).heading == 0
    assert [Asked(heading=one).degrees(None) for one in (0, 1, 3, 8, AS_I_MOVE)] == [None, 0.0, 90.0, 315.0, None]
