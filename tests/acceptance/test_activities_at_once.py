"""Many press at the same moment: their presses share transactions, and each has the effect that it has alone."""

from __future__ import annotations

import asyncio

from handlers.activities import presses
from storage.activities import participants
from storage.activities.ids import ActivityId
from storage.activities.participants import PlaceState
from tests.support.activities import at_home, planned
from tests.support.simulator import Town


async def standing(town: Town, activity_id: ActivityId) -> tuple[int, int]:
    """How many have a place, and how many wait."""
    async with town.database.reading() as session:
        placed, waiting = [
            await participants.count(session, activity_id, [state]) for state in (PlaceState.PLACED, PlaceState.WAITING)
        ]
    return placed, waiting


async def test_all_places_are_given_once_and_the_others_stand_in_line(town: Town) -> None:
    found = [await planned(town, places=3) for _ in range(2)]
    riders = [await at_home(town, 600 + at) for at in range(8)]
    of_each = [(rider, found[at % 2]) for at, rider in enumerate(riders)]
    await asyncio.gather(*(rider.forges(presses.SIGN_UP.data(activity)) for rider, activity in of_each))
    await town.until_idle()
    assert [await standing(town, activity) for activity in found] == [(3, 1), (3, 1)]
    await asyncio.gather(*(rider.forges(presses.GIVE_BACK_NOW.data(activity)) for rider, activity in of_each))
    await town.until_idle()
    assert [await standing(town, activity) for activity in found] == [(0, 0), (0, 0)]
