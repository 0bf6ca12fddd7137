"""Activities in the console: the month, who comes, and checking them in by a tap on their name."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox.params import Upload
from storage import audit
from storage.activities import participants, sign_ups
from storage.activities.audited import ActivityAction
from storage.database import Database
from storage.telegram_ids import PersonId
from tests.support.activities import published, signs_up
from tests.support.applications import at_work, picture
from tests.support.pages import Pages, Visitor, with_pages

LIST = "/console/activities"
EVIL = "<script>alert(1)</script>"


@pytest.fixture
async def pages(database: Database, tmp_path: Path) -> AsyncIterator[Pages]:
    async with with_pages(database, tmp_path) as pages:
        yield pages


async def test_the_month_leads_to_who_comes_and_a_tap_checks_them_in(pages: Pages) -> None:
    database = pages.town.database
    poster = pages.town.world.files.photo(Upload("p.png", picture()))[-1]["file_id"]
    activity_id = await published(database, title=EVIL, poster=poster)
    for person_id in (11, 12):
        await signs_up(database, activity_id, person_id)
    coordinator = await pages.signs_in(await at_work(pages.town))
    here = f"{LIST}/{activity_id}"
    listed = await coordinator.gets(LIST)
    assert here in listed.text + (await coordinator.gets(f"{LIST}?month=2026-12")).text
    assert here not in (await coordinator.gets(f"{LIST}?month=2027-05")).text
    shown = await coordinator.gets(here)
    assert "alert(1)" in shown.text and EVIL not in shown.text + listed.text
    assert shown.text.count("<button name=") == 2 and "0 people have come." in shown.text
    async with pages.client.get(f"{here}/poster", headers=coordinator.headers) as answer:
        assert (answer.status, answer.content_type) == (200, "image/png")

    for _ in range(2):
        came = await coordinator.posts(f"{here}/come", {"place": "2"})
        assert (came.status, came.headers["Location"]) == (303, f"{here}#n2")
    assert "1 person has come." in (await coordinator.gets(here)).text
    async with database.reading() as session:
        rows = [await participants.of(session, activity_id, PersonId(one)) for one in (11, 12)]
        assert [row is not None and row.came_at == pages.town.now for row in rows] == [False, True]
        assert len(await audit.search(session, 9, act=ActivityAction.ATTENDANCE_READ.value)) == 2


async def test_who_is_tapped_is_checked_in_though_somebody_before_them_was_erased(pages: Pages) -> None:
    """The page stays open at the door, and an erasure moves the numbers of those behind."""
    database = pages.town.database
    activity_id = await published(database)
    for person_id in (11, 12, 13):
        await signs_up(database, activity_id, person_id)
    coordinator = await pages.signs_in(await at_work(pages.town))
    here = f"{LIST}/{activity_id}"
    name, value = re.findall(r'<button name="(\w+)" value="(\w+)"', (await coordinator.gets(here)).text)[1]
    async with database.writing() as session:
        await sign_ups.erase(session, PersonId(11))
    came = await coordinator.posts(f"{here}/come", {name: value})
    assert came.headers["Location"] == f"{here}#n1"
    async with database.reading() as session:
        rows = [await participants.of(session, activity_id, PersonId(one)) for one in (12, 13)]
        assert [row is not None and row.came_at is not None for row in rows] == [True, False]


async def test_what_is_odd_foreign_or_over_changes_nothing(pages: Pages) -> None:
    activity_id = await published(pages.town.database)
    await signs_up(pages.town.database, activity_id, 11)
    coordinator = await pages.signs_in(await at_work(pages.town))
    here = f"{LIST}/{activity_id}"
    for place in ("", "9", "x"):
        assert (await coordinator.posts(f"{here}/come", {"place": place})).status == 404
    for query in ("2026-13", "x", "2026-1", "9999-12"):
        assert (await coordinator.gets(f"{LIST}?month={query}")).status == 400
    assert (await coordinator.gets(f"{here}/poster")).status == 404
    assert (await coordinator.gets(f"{LIST}/99")).status == 409
    bare = Visitor(pages.client, coordinator.headers)
    assert (await bare.posts(f"{here}/come", {"place": "1", "csrf": "0" * 32})).status == 422
    assert (await (await pages.opens_app(11)).posts(f"{here}/come", {"place": "1"})).status == 403
    async with pages.town.database.reading() as session:
        row = await participants.of(session, activity_id, PersonId(11))
        assert row is not None and row.came_at is None
