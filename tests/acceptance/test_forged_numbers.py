"""A forged button may carry any number. It is refused, and is no error of the bot that its admins hear of."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers import features
from handlers.chat.press import INT64_MAX
from storage.activities import planning
from storage.activities.activities import Kind
from storage.activities.planning import Plan
from storage.cases import cases
from storage.cases.ids import CaseId
from storage.cases.table import CaseContent
from storage.operations import errors
from storage.telegram_ids import PersonId
from tests.support.simulator import ADMIN, COORDINATOR, COUNSEL, NOON, Town

ROUTES = features.routes(features.FEATURES, {})
PRESSES = [route.press for route in ROUTES.presses.values() if route.press is not None and any(route.press.reads_int)]


def forged() -> list[str]:
    """Each button with numbers that no column holds, and with the first object that there is."""
    found = []
    for press in PRESSES:
        for number in (INT64_MAX, 1 << 31):
            for first in (number, 1):
                numbers = [first, *[number] * len(press.reads_int)]
                arguments = [str(numbers[at]) if is_int else "legal" for at, is_int in enumerate(press.reads_int)]
                found.append(":".join([press.name, *arguments]))
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("who", [ADMIN, COUNSEL])
async def test_no_forged_number_is_an_error(town: Town, who: PersonId) -> None:
    async with town.database.writing() as session:
        plan = Plan("3x3", Kind.SPORT, NOON + timedelta(hours=1), NOON + timedelta(hours=2))
        row = await planning.create(session, plan, COORDINATOR, NOON)
        await planning.publish(session, row.id, NOON)
        await cases.open_case(session, "legal", "L", PersonId(7), CaseContent("pay"), 1, 2026, NOON, NOON)
        await cases.claim(session, CaseId(1), COUNSEL, ["legal"], NOON)
    forger = town.rider(who)
    for data in forged():
        await forger.forges(data)
    await town.until_idle()
    async with town.database.reading() as session:
        assert [(one.kind, one.place) for one in await errors.newest(session)] == []
