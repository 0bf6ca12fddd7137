"""An activity for some people says nothing of itself to others, whichever of its buttons they press by its number."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.activities import presses
from storage.activities import planning
from storage.people.segments import Segment
from tests.support.activities import SATURDAY, at_home, basketball, planned
from tests.support.simulator import COORDINATOR, NOON, Town

HIDDEN = ("Meeting about the strike", "Which depot are you from?", "SHA-256")


@pytest.mark.parametrize("is_drawn", [False, True])
async def test_no_button_tells_others_of_it(town: Town, *, is_drawn: bool) -> None:
    open_to_all = await planned(town)
    async with town.database.writing() as session:
        changes = {"draws_at": NOON + timedelta(days=1)} if is_drawn else {}
        plan = basketball(title=HIDDEN[0], questions=(HIDDEN[1],), starts_at=SATURDAY, **changes)
        row = await planning.create(session, plan, COORDINATOR, NOON, Segment.parse('{"member": {}}'))
        await planning.publish(session, row.id, NOON)
        hidden = row.id
    rider = await at_home(town, 585)
    await rider.forges(presses.SIGN_UP.data(open_to_all))
    await rider.is_told("You're signed up. I'll remind you.")
    seen = len(rider.heard)
    buttons = [
        presses.SHOW_CARD.data(hidden),
        presses.OPEN_CARD.data(hidden),
        presses.SIGN_UP.data(hidden),
        presses.SIGN_UP_ALL_THE_SAME.data(hidden),
        presses.SIGN_UP_WITH_GUESTS.data(hidden, 1),
        presses.GIVE_BACK.data(hidden),
        presses.GIVE_BACK_NOW.data(hidden),
        presses.TAKE.data(hidden),
        presses.COME_ALONE.data(hidden),
        presses.SHOW_WHERE.data(hidden),
        presses.SEND_FILE_CALENDARS.data(hidden),
        presses.ASK_ORGANISER.data(hidden),
        presses.RATE.data(hidden, 5),
        presses.SHOW_LEADS.data(hidden),
        presses.SET_LEADS.data(hidden, 1),
        presses.SHOW_ROUNDS.data(hidden),
        presses.DRAW.data(hidden),
        presses.DRAW_FILE.data(hidden),
    ]
    for data in buttons:
        await rider.forges(data)
    await town.until_idle()
    said = str(rider.heard[seen:])
    assert not [part for part in HIDDEN if part in said], said
    assert "already signed up at that time" not in said, "it says when it is"
