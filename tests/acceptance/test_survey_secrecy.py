"""Nothing that the server keeps, read with all its keys, tells how somebody answered a survey."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.server import Fault
from bot.updates.answered_marks import AnsweredMarks
from bot.updates.update_lookup import update_key
from storage.campaigns.campaigns import Phase
from storage.campaigns.surveys import questions
from storage.database import Database
from tests.support.activities import at_home
from tests.support.campaigns import in_phase
from tests.support.config import configured
from tests.support.databases import new_file
from tests.support.databases import opened as opened_database
from tests.support.disk import plain_tables_of
from tests.support.simulator import Town, running, telegram
from tests.support.surveys import NEEDS, RAISE, opened, prepared

BUSY = '{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":3600}}'
FIRST, SECOND = 551, 552
_CHANCE = re.compile(r"'key': -?\d+|'due': datetime\.datetime\([^)]*\)|\"callback_query_id\":\"\d+\"")
COMPARED = ("updates", "dialogues", "people", "survey_roll", "survey_tallies", "surveys", "errors")


async def test_two_who_answer_differently_leave_the_same_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Played twice with their answers exchanged, while Telegram asks for silence at the first tick, and with what is
    kept of answers left where it is kept: every table says the same."""
    monkeypatch.setattr(AnsweredMarks, "add", lambda *_: None)
    one = await _left_behind(tmp_path / "one", {FIRST: (1, 1), SECOND: (2, 6)})
    other = await _left_behind(tmp_path / "other", {FIRST: (2, 6), SECOND: (1, 1)})
    for name in COMPARED:
        assert one[name] == other[name], name
    assert all("campaign_moved" in row or "survey_opened" in row for row in one["deliveries"])
    assert any("editMessageText" in row for row in one["updates"]), "answers are kept"
    assert not any("editMessageReplyMarkup" in row for row in one["updates"])


async def _left_behind(folder: Path, chosen: dict[int, tuple[int, int]]) -> dict[str, list[Any]]:
    """All tables after two people have answered two questions: with this option, and these bits."""
    folder.mkdir()
    database = opened_database(new_file(folder / "test.db"))
    try:
        async with telegram() as (api, address):
            town = Town(database, api, configured(folder, address))
            async with running(town.app):
                await _play(town, chosen)
        return {name: sorted(map(_without_chance, rows)) for name, rows in (await plain_tables_of(database)).items()}
    finally:
        await database.close()


def _without_chance(row: str) -> str:
    """Without the numbers that the sandbox draws at random for updates and presses, and real seconds."""
    return _CHANCE.sub("", row)


async def _play(town: Town, chosen: dict[int, tuple[int, int]]) -> None:
    riders = {person: await at_home(town, person) for person in chosen}
    survey_id = await prepared(town.database, await in_phase(town, Phase.GATHER), [RAISE, NEEDS])
    await opened(town.database, survey_id)
    first, second = await _ids(town.database, survey_id)
    town.api.faults += [Fault(429, BUSY, ("editMessageReplyMarkup",)) for _ in chosen]
    for person, (option, bits) in chosen.items():
        rider = riders[person]
        for data in (f"svt:{second}:{bits}", f"sva:{first}:{option}", f"svd:{second}:{bits}"):
            await rider.forges(data)
            await town.until_idle()


async def _ids(database: Database, survey_id: Any) -> Sequence[int]:
    async with database.reading() as session:
        return [row.id for row in await questions.of_survey(session, survey_id)]


def test_the_key_of_a_press_does_not_depend_on_what_it_carries() -> None:
    body = {"id": "7", "from": {"id": 1}, "message": {"message_id": 5, "chat": {"id": 1}}}
    keys = {update_key({"update_id": 9, "callback_query": {**body, "data": data}}) for data in ("sva:1:1", "sva:1:2")}
    assert len(keys) == 1
