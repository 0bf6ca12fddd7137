"""Until a result is published, nobody sees a count: no role, by no command, button, export, chart or metric."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator

import pytest

from handlers import features
from handlers.campaigns.ballots import presses
from handlers.campaigns.presses import RUN_SHOW, SHOW
from handlers.chat.feature import OpenExport
from storage.campaigns.ids import BallotId, CampaignId
from storage.people import roles
from storage.people.access import Role
from storage.telegram_ids import PersonId
from tests.support.activities import at_home
from tests.support.ballots import CLOSES, opened, trustees, votes
from tests.support.metrics import page
from tests.support.settings import SHANGHAI
from tests.support.simulator import ADMIN, NOON, Rider, Town

STAFF = {Role.COORDINATOR: 851, Role.COUNSEL: 852, Role.SCRUTINEER: 853, Role.ADMIN: 854}
AGREED, REFUSED = 34, 33
"""Of 67 votes; no other figure here is one of these."""
MANY = range(700, 775)
COUNTS = re.compile(rf"(?<![\w.:-])({AGREED}|{REFUSED}|{AGREED + REFUSED})(?![\w:-])")


def heard_by(rider: Rider) -> Iterator[str]:
    for message in rider.heard:
        yield message.get("text", "") + message.get("caption", "")
        if "document" in message:
            upload = rider.world.files.get(message["document"]["file_id"])
            assert upload is not None
            if not message["document"]["file_name"].endswith("-box.json"):
                yield upload.content.decode("utf-8", "replace")
    yield from (answer["text"] for answer in rider.answers)


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_no_role_sees_a_count_by_any_way(town: Town) -> None:
    ballot_id = await opened(town, trustees().key, MANY)
    for at, person_id in enumerate(MANY[: AGREED + REFUSED]):
        await votes(town.database, ballot_id, person_id, int(at >= AGREED))
    async with town.database.writing() as session:
        for role, person_id in STAFF.items():
            await roles.grant(session, PersonId(person_id), role.value, ADMIN, NOON)
    people = [await at_home(town, MANY[0])]
    for person_id in STAFF.values():
        rider = town.rider(person_id)
        await rider.says("/start")
        await rider.hears()
        people.append(rider)
    await asyncio.gather(*(looks_at_everything(town, rider, ballot_id) for rider in people))
    await town.until_idle()
    said = [text for rider in people for text in heard_by(rider)]
    assert len(said) > 150
    figures = await page(town)
    assert not re.search(r"ballot|paper|turnout|bl(pick|vote)", figures)
    for text in [*said, *[text async for text in exported(town)]]:
        if found := COUNTS.search(re.sub(r"[0-9a-f]{16,}", "", text)):
            raise AssertionError(repr(text[max(0, found.start() - 80) : found.end() + 20]))


async def looks_at_everything(town: Town, rider: Rider, ballot_id: BallotId) -> None:
    """All commands, and each button about ballots and their campaign."""
    commands = [name for name in town.app.services.routes.commands if name not in ("start", "cancel")]
    for name in commands:
        await rider.says(f"/{name}")
    await rider.says("/cancel")
    about = (presses.PAPER, presses.RUN, presses.RESULT, presses.WATCH, presses.WATCH_BOX, presses.BOX)
    pressed = [one.data(ballot_id) for one in about]
    pressed += [presses.FIND.data(ballot_id, ""), presses.CHOOSE.data(ballot_id, 0), presses.WATCH_LIST.data()]
    pressed += [RUN_SHOW.data(CampaignId(1)), SHOW.data(CampaignId(1)), presses.ASK_TO_CLOSE.data(ballot_id)]
    for data in pressed:
        answered = len(rider.answers)
        await rider.forges(data)
        await rider.until(lambda answered=answered: len(rider.answers) > answered)


async def exported(town: Town) -> AsyncIterator[str]:
    """All files of /export that name nobody."""
    for feature in features.FEATURES:
        for export in feature.exports:
            if isinstance(export, OpenExport):
                async with town.database.reading() as session:
                    yield (await export.content(session, SHANGHAI)).decode("utf-8", "replace")


async def test_between_close_and_publication_only_the_number_of_papers_is_known(town: Town) -> None:
    """It is announced; what is in the papers is not even on the server."""
    rider = await at_home(town, MANY[0])
    ballot_id = await opened(town, trustees().key, MANY)
    for at, person_id in enumerate(MANY[: AGREED + REFUSED]):
        await votes(town.database, ballot_id, person_id, int(at >= AGREED))
    town.now = CLOSES
    await town.tick("ballots")
    for data in (presses.RESULT.data(ballot_id), presses.FIND.data(ballot_id, "")):
        await rider.forges(data)
        assert "has moved on" in await rider.is_answered()
    await rider.says("/voice")
    text = (await rider.hears_of("Closed. In the box: 67 ballot papers."))["text"]
    assert not re.search(rf"\b({AGREED}|{REFUSED})\b", text)
