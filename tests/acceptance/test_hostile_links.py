"""What strangers put into a deep link or an inline query opens nothing of others, and is no error of the bot."""

from __future__ import annotations

import pytest

from storage.cases import cases
from storage.cases.ids import CaseId
from storage.cases.table import CaseContent
from storage.operations import errors
from storage.telegram_ids import PersonId
from tests.support.activities import published
from tests.support.simulator import ADMIN, COORDINATOR, COUNSEL, NOON, Town

NUMBERS = (
    "",
    "0",
    "1",
    "-1",
    "1_1",
    "١",
    "²",
    "9" * 18,
    "9223372036854775808",
    "%31",
    "1 x",
    "1\nx",
    "\u202e1",
    "x" * 58,
)
PAYLOADS = (
    *(f"{prefix}_{number}" for prefix in ("act", "ci", "card", "st", "case") for number in NUMBERS),
    *("", "_", "__", "_x", "x_", "start", "cancel", "a" * 64, "<b>x</b>", "../..", "🙂", "%00", "\ud7ff"),
)


@pytest.mark.parametrize("who", [PersonId(41), COORDINATOR, ADMIN])
async def test_no_link_opens_what_is_not_ones_own(town: Town, who: PersonId) -> None:
    async with town.database.writing() as session:
        await cases.open_case(session, "legal", "L", PersonId(7), CaseContent("pay"), 1, 2026, NOON, NOON)
        await cases.claim(session, CaseId(1), COUNSEL, ["legal"], NOON)
    stranger = town.rider(who)
    for payload in PAYLOADS:
        await stranger.says(f"/start {payload}")
    await town.until_idle()
    await stranger.says("/id")
    await stranger.hears_of(f"Your Telegram id: {who}")
    assert not any("L-2026" in str(one) for one in stranger.heard if who != ADMIN)
    async with town.database.reading() as session:
        assert [(one.kind, one.place) for one in await errors.newest(session)] == []


QUERIES = ("", "3x3", "<b>", "%", "x" * 256, "\u202e3x3", "=1+1")


async def test_strangers_ask_inline_for_what_everybody_may_see(town: Town) -> None:
    await published(town.database, title="3x3 <b>& =HYPERLINK</b>", about="x" * 1_000)
    stranger = town.rider(42)
    town.api.check = None  # Telegram sends no such queries as the last ones
    for query in QUERIES:
        await town.world.asks_inline(stranger.person, query)
    for odd in (None, 7, ["x"]):
        body = {"id": "1", "from": stranger.person.user(), "query": odd, "offset": ""}
        await town.world.hand_over("inline_query", body)
    await town.until_idle()
    async with town.database.reading() as session:
        assert [(one.kind, one.place) for one in await errors.newest(session)] == []
