"""Until a result is published, nobody sees a count: no role, by no command, button, export, chart or metric."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.web.browser import OFFICE_PAGES
from bot.web.browser import RIDERS as BROWSER_PAGES
from handlers import features
from handlers.campaigns.ballots import presses
from handlers.campaigns.commitments.presses import RESULT as OUTCOME
from handlers.campaigns.presses import REPORT, RUN_SHOW, SHOW
from handlers.chat.feature import OpenExport
from handlers.privacy.presses import COPY
from storage.campaigns.ids import BallotId, CampaignId
from storage.database import Database
from storage.people import roles
from storage.people.access import RIGHTS, Right, Role
from storage.telegram_ids import PersonId
from tests.support.activities import at_home
from tests.support.ballots import CLOSES, opened, trustees, votes
from tests.support.metrics import page
from tests.support.pages import Pages, with_pages
from tests.support.pdf_text import text_of_pdf
from tests.support.settings import SHANGHAI
from tests.support.simulator import ADMIN, NOON, Rider, Town

PEOPLE = {role: PersonId(850 + at) for at, role in enumerate(Role)}
CAMPAIGN = CampaignId(1)
AGREED, REFUSED = 34, 33
"""Of 67 votes; no other figure here is one of these."""
MANY = range(700, 775)
COUNTS = re.compile(rf"(?<![\w.:-])({AGREED}|{REFUSED}|{AGREED + REFUSED})(?![\w:-])")


@pytest.fixture
async def pages(database: Database, tmp_path: Path) -> AsyncIterator[Pages]:
    async with with_pages(database, tmp_path) as pages:
        yield pages


def heard_by(rider: Rider) -> Iterator[str]:
    for message in rider.heard:
        yield message.get("text", "") + message.get("caption", "")
        if "document" in message:
            upload = rider.world.files.get(message["document"]["file_id"])
            assert upload is not None
            if upload.content.startswith(b"%PDF"):
                yield text_of_pdf(upload.content)
            elif not message["document"]["file_name"].endswith("-box.json"):
                yield upload.content.decode("utf-8", "replace")
    yield from (answer["text"] for answer in rider.answers)


async def test_no_role_sees_a_count_by_any_way(pages: Pages) -> None:
    """Each role, by each command, button, file, page of the console, export and metric, while people vote."""
    town = pages.town
    ballot_id = await opened(town, trustees().key, MANY)
    for at, person_id in enumerate(MANY[: AGREED + REFUSED]):
        await votes(town.database, ballot_id, person_id, int(at >= AGREED))
    async with town.database.writing() as session:
        for role, person_id in PEOPLE.items():
            if role not in (Role.RIDER, Role.MEMBER):
                await roles.grant(session, person_id, role.value, ADMIN, NOON)
    people = {role: await at_home(town, person_id) for role, person_id in PEOPLE.items()}
    people_and_voter = [*people.values(), await at_home(town, MANY[0])]
    await asyncio.gather(*(looks_at_everything(town, rider, ballot_id) for rider in people_and_voter))
    await town.until_idle()
    seen = [text for role, rider in people.items() for text in await pages_of(pages, role, rider)]
    said = [text for rider in people_and_voter for text in heard_by(rider)]
    assert len(said) > 250 and len(seen) > 40
    files = [one["document"]["file_name"] for rider in people.values() for one in rider.heard if "document" in one]
    assert {"campaign-1.pdf", "nuanxin.html"} <= set(files), "the report and the copies of their data were read, too"
    figures = await page(town)
    assert not re.search(r"ballot|paper|turnout|bl(pick|vote)", figures)
    for text in [*said, *seen, *[text async for text in exported(town)]]:
        if found := COUNTS.search(re.sub(r"[0-9a-f]{16,}", "", text)):
            raise AssertionError(repr(text[max(0, found.start() - 80) : found.end() + 20]))


async def looks_at_everything(town: Town, rider: Rider, ballot_id: BallotId) -> None:
    """All commands, and each button about ballots and their campaign; one's own data, and the campaign's report."""
    commands = [name for name in town.app.services.routes.commands if name not in ("start", "cancel")]
    for name in commands:
        await rider.says(f"/{name}")
    await rider.says("/cancel")
    about = (presses.PAPER, presses.RUN, presses.RESULT, presses.WATCH, presses.WATCH_BOX, presses.BOX)
    pressed = [one.data(ballot_id) for one in about]
    pressed += [presses.FIND.data(ballot_id, ""), presses.CHOOSE.data(ballot_id, 0), presses.WATCH_LIST.data()]
    pressed += [presses.ASK_TO_CLOSE.data(ballot_id), COPY.data()]
    pressed += [one.data(CAMPAIGN) for one in (RUN_SHOW, SHOW, REPORT, OUTCOME)]
    for data in pressed:
        answered = len(rider.answers)
        await rider.forges(data)
        await rider.until(lambda answered=answered: len(rider.answers) > answered)


async def pages_of(pages: Pages, role: Role, rider: Rider) -> list[str]:
    """What this role sees in a browser."""
    visitor, seen = await pages.opens_app(rider.id), list[str]()
    if Right.OPEN_CONSOLE in RIGHTS[role]:
        rider.skips_the_rest()
        visitor = await pages.signs_in(rider)
    for one in (*BROWSER_PAGES, *OFFICE_PAGES):
        if one.method == "GET" and "{" not in one.path:
            answer = await visitor.gets(one.path)
            assert answer.status < 500
            seen.append(answer.text)
            pages.town.now += timedelta(seconds=1)  # else one person asks too much
    return seen


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
