"""Stations in the console: changed, added, closed and deleted as in the chat, and what riders propose about them."""

from __future__ import annotations

import asyncio
import html
import re
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import BinaryIO

import pytest

from bot.sandbox.params import Upload
from bot.telegram.transport import AiohttpRequest
from storage import audit
from storage.database import Database
from storage.people import people
from storage.stations import proposals, stations
from storage.stations.audited import StationAction
from storage.stations.ids import StationKey
from storage.stations.proposals import Content
from storage.stations.stations import Amenity, StationPatch, StationRow
from storage.telegram_ids import PersonId
from tests.support.admins import admin_of
from tests.support.applications import at_work, picture
from tests.support.pages import Answer, Pages, Visitor, with_pages
from tests.support.simulator import ADMIN, COORDINATOR, NOON
from tests.support.simulator import HALL as THE_HALL

MAP = "/console/stations"
HALL = f"{MAP}/1"
RIDER = PersonId(801)
EVIL = '"><script>alert(1)</script>'


@pytest.fixture
async def pages(database: Database, tmp_path: Path) -> AsyncIterator[Pages]:
    async with database.writing() as session:
        await stations.add(session, THE_HALL, NOON)
    async with with_pages(database, tmp_path) as pages:
        async with database.writing() as session:
            await people.seen_all(session, dict.fromkeys((RIDER, ADMIN, COORDINATOR), "en"), NOON)
        yield pages


def fields_of(answer: Answer) -> dict[str, object]:
    """What the station's form would send."""
    form = answer.text.partition("/change")[2].partition("</form>")[0]
    found: dict[str, object] = {}
    for sent in re.findall(r"<input[^>]*>", form):
        name, value = (html.unescape(one[1]) if one else "" for one in (_part(sent, "name"), _part(sent, "value")))
        if "checkbox" not in sent and name != "csrf":
            found[name] = value
    note = re.search(r"<textarea[^>]*>(.*?)</textarea>", form, re.S)
    found["note"] = html.unescape(note[1]) if note else ""
    found["amenities"] = re.findall(r'name="amenities" value="(\w+)" checked', form)
    return found


def _part(tag: str, name: str) -> re.Match[str] | None:
    return re.search(rf'{name}="([^"]*)"', tag)


async def the_station(pages: Pages, key: int = 1) -> StationRow:
    async with pages.town.database.reading() as session:
        return await stations.find_for_admin(session, StationKey(key))


async def entries(pages: Pages, act: StationAction) -> list[str]:
    async with pages.town.database.reading() as session:
        return [one.about for one in await audit.search(session, 50, act=act.value)]


async def admin_and_coordinator(pages: Pages) -> tuple[Visitor, Visitor]:
    return await pages.signs_in(await admin_of(pages.town)), await pages.signs_in(await at_work(pages.town))


async def sends(visitor: Visitor, path: str, fields: Mapping[str, object]) -> str:
    """Where it leads to."""
    answer = await visitor.posts(path, fields)
    assert answer.status == 303, answer.text
    return answer.headers["Location"]


async def test_a_station_that_is_moved_is_where_the_next_search_finds_it(pages: Pages) -> None:
    admin, _ = await admin_and_coordinator(pages)
    rider = pages.town.rider(RIDER)
    fields = fields_of(await admin.gets(HALL))
    before = await the_station(pages)
    assert fields["place"] == f"{before.latitude:.6f}, {before.longitude:.6f}" and fields["name"] == before.name
    assert await sends(admin, f"{HALL}/change", fields) == f"{HALL}?said=same"
    assert not await entries(pages, StationAction.STATION_CHANGED)

    moved = {**fields, "place": "38.5, 117.5", "drawn": "1", "opening_hours": "9:00-18:00", "amenities": ["ice"]}
    begun = time.monotonic()
    assert await sends(admin, f"{HALL}/change", moved) == f"{HALL}?said=changed"

    async def is_found() -> bool:
        found = pages.town.context.directory.index.nearest_row(38.5, 117.5)
        return found is not None and found[1] < 5

    await pages.town.until_true(is_found)
    await rider.shares(38.5, 117.5)
    assert f"1. {before.name}" in html.unescape(str((await rider.hears_of("1. "))["text"]))
    assert time.monotonic() - begun < 2
    after = await the_station(pages)
    assert (after.latitude, after.longitude, after.opening_hours) == (38.5, 117.5, "Mo-Su 09:00-18:00")
    noted = await entries(pages, StationAction.STATION_CHANGED)
    assert len(noted) == 3 and any(one.startswith(f"{after.id}: place: ") and "38.5" in one for one in noted)
    past = await admin.gets(f"{HALL}/history")
    assert past.text.count("<tr>") == 4 and "38.500000" in past.text


async def test_what_somebody_else_changed_meanwhile_stays_and_no_answer_is_said_at_its_field(pages: Pages) -> None:
    admin, _ = await admin_and_coordinator(pages)
    old = fields_of(await admin.gets(HALL))
    await sends(admin, f"{HALL}/change", {**old, "phone": "0534 1234567"})
    wrong = await admin.posts(f"{HALL}/change", {**old, "name": "", "note": EVIL, "opening_hours": "whenever"})
    assert wrong.status == 422 and "fault-name" in wrong.text and "fault-opening_hours" in wrong.text
    assert "<script>alert" not in wrong.text and (await the_station(pages)).note != EVIL
    again = {**fields_of(wrong), "name": EVIL, "opening_hours": ""}
    await sends(admin, f"{HALL}/change", again)
    row = await the_station(pages)
    assert (row.name, row.note, row.opening_hours, row.phone) == (EVIL, EVIL, "", "0534 1234567")
    for path in (HALL, f"{HALL}/history", f"{MAP}?q=alert", MAP):
        assert "<script>alert" not in (await admin.gets(path)).text, path
    assert (await admin.posts(f"{HALL}/change", {**again, "amenities": ["none"]})).status == 400
    far = await admin.posts(f"{HALL}/change", {**again, "place": "95, 200"})
    assert far.status == 422 and "fault-place" in far.text


async def test_of_two_who_change_the_same_field_the_second_sees_what_the_first_wrote(pages: Pages) -> None:
    admin, _ = await admin_and_coordinator(pages)
    old = fields_of(await admin.gets(HALL))
    await sends(admin, f"{HALL}/change", {**old, "phone": "0534 1234567", "amenities": ["water"]})
    late = {**old, "phone": "0534 7654321", "amenities": ["toilet"], "note": "New floor"}
    overtaken = await admin.posts(f"{HALL}/change", late)
    row = await the_station(pages)
    assert (overtaken.status, row.phone, row.amenities, row.note) == (422, "0534 1234567", Amenity.water, "")
    assert "fault-phone" in overtaken.text and "0534 1234567" in overtaken.text and "fault-note" not in overtaken.text
    assert "fault-amenities" in overtaken.text
    again = fields_of(overtaken)
    assert (again["phone"], again["amenities"]) == ("0534 7654321", ["toilet"])
    await sends(admin, f"{HALL}/change", again)
    row = await the_station(pages)
    assert (row.phone, row.amenities, row.note) == ("0534 7654321", Amenity.toilet, "New floor")


async def test_one_is_added_once_closed_deleted_and_restored(pages: Pages) -> None:
    admin, coordinator = await admin_and_coordinator(pages)
    hall = await the_station(pages)
    form = await admin.gets(f"{MAP}/new?drawn={hall.latitude},{hall.longitude}")
    token = re.findall(r'name="token" value="(\w+)"', form.text)[0]
    place = f"{hall.latitude}, {hall.longitude}"
    new: dict[str, object] = {"token": token, "place": place, "name": "Riverside", "amenities": ["water", "toilet"]}
    assert "another" in (await admin.posts(f"{MAP}/new", new)).text, "one is there already"
    assert (await admin.posts(f"{MAP}/new", {**new, "place": "?"})).status == 422
    there = await sends(admin, f"{MAP}/new", {**new, "another": "1"})
    assert await sends(admin, f"{MAP}/new", {**new, "another": "1"}) == there
    assert await entries(pages, StationAction.STATION_CHANGED) == [f"chat-{token}: added"]
    assert (await admin.posts(f"{MAP}/new", {**new, "token": "../x"})).status == 400

    assert (await admin.posts(f"{HALL}/close", {"reason": "x", "end": "3"})).status == 422
    assert (await admin.posts(f"{HALL}/close", {"reason": "New floor", "end": "4"})).status == 400
    await sends(admin, f"{HALL}/close", {"reason": "New floor", "end": "none", "day": "2026-12-01"})
    closed = await coordinator.gets(HALL)
    assert "New floor" in closed.text and f"{HALL}/open" not in closed.text, "who may not change it sees it"
    assert (await the_station(pages)).closed_until is not None
    await sends(admin, f"{HALL}/open", {})
    await sends(admin, f"{HALL}/delete", {})
    assert f"{HALL}/restore" in (await admin.gets(HALL)).text and (await coordinator.gets(HALL)).status == 409
    assert (await admin.posts(f"{HALL}/change", {"was-name": "x"})).status == 409
    await sends(admin, f"{HALL}/restore", {})
    assert (await the_station(pages)).deleted_at is None
    assert len(await entries(pages, StationAction.STATION_CHANGED)) == 5


async def test_proposals_are_looked_at_accepted_and_refused(pages: Pages) -> None:
    photo = pages.town.world.files.photo(Upload("p.png", picture()))[-1]["file_id"]
    admin, coordinator = await admin_and_coordinator(pages)
    rider = pages.town.rider(RIDER)
    await rider.says("/start")
    async with pages.town.database.writing() as session:
        hall = Content(StationPatch(opening_hours="24/7"), photo=photo, thanks=EVIL)
        first = await proposals.propose(session, RIDER, StationKey(1), hall, NOON)
        new = Content(StationPatch(name=EVIL, latitude=37.6, longitude=116.4))
        second = await proposals.propose(session, RIDER, None, new, NOON)
        own = await proposals.propose(session, PersonId(COORDINATOR), None, new, NOON)
    queue = f"{MAP}/proposals"
    shown = await coordinator.gets(queue)
    assert "<script>alert" not in shown.text and "→" in shown.text and f"{queue}/{own.id}/" not in shown.text
    async with pages.client.get(f"{queue}/{first.id}/photo", headers=coordinator.headers) as answer:
        assert (answer.status, answer.content_type) == (200, "image/png")
    for one in (second.id, own.id, 99):
        assert (await coordinator.gets(f"{queue}/{one}/photo")).status == 404
    assert (await coordinator.posts(f"{queue}/{own.id}/accept")).status == 409

    assert await sends(coordinator, f"{queue}/{first.id}/accept", {}) == f"{queue}?said=accepted"
    assert (await the_station(pages)).opening_hours == "24/7"
    await rider.hears_of("Thank you")
    assert (await coordinator.posts(f"{queue}/{first.id}/accept")).status == 409
    assert (await coordinator.gets(f"{queue}/{first.id}/photo")).status == 404, "nothing waits for it any more"
    assert (await coordinator.posts(f"{queue}/{second.id}/refuse", {"reason": "x"})).status == 422
    await sends(admin, f"{queue}/{second.id}/refuse", {"reason": "It is a barber shop"})
    await rider.hears_of("It is a barber shop")
    acts = (StationAction.PROPOSAL_ACCEPTED, StationAction.PROPOSAL_REFUSED)
    assert [len(await entries(pages, act)) for act in acts] == [1, 1]


async def test_photos_that_telegram_is_slow_to_give_hold_no_connection_to_the_database(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A queue has twenty of them, and SQLite six connections: the bot would have stood still."""
    _, coordinator = await admin_and_coordinator(pages)
    photo = pages.town.world.files.photo(Upload("p.png", picture()))[-1]["file_id"]
    async with pages.town.database.writing() as session:
        hall = Content(StationPatch(opening_hours="24/7"), photo=photo)
        first = await proposals.propose(session, RIDER, StationKey(1), hall, NOON)
    asked, all_asked, given = 0, asyncio.Event(), asyncio.Event()

    async def slow(_transport: AiohttpRequest, _url: str, _limit: int, into: BinaryIO) -> None:
        nonlocal asked
        asked += 1
        if asked == proposals_shown:
            all_asked.set()
        await given.wait()
        into.write(picture())

    proposals_shown = 20
    monkeypatch.setattr(AiohttpRequest, "download", slow)
    shown = [asyncio.create_task(coordinator.gets(f"{MAP}/proposals/{first.id}/photo")) for _ in range(proposals_shown)]
    try:
        async with asyncio.timeout(2):
            await all_asked.wait()
    finally:
        given.set()
        answers = await asyncio.gather(*shown)
    assert {one.status for one in answers} == {200}


async def test_a_coordinator_looks_but_changes_no_station_and_no_other_site_does(pages: Pages) -> None:
    admin, coordinator = await admin_and_coordinator(pages)
    shown = await coordinator.gets(HALL)
    assert (
        shown.status == 200 and "<textarea" not in shown.text and f"{MAP}/new" not in (await coordinator.gets(MAP)).text
    )
    before = await the_station(pages)
    for act in ("change", "close", "open", "delete", "restore"):
        assert (await coordinator.posts(f"{HALL}/{act}", {"reason": "why not", "end": "none"})).status == 403
        bare = Visitor(pages.client, admin.headers)
        assert (await bare.posts(f"{HALL}/{act}", {"csrf": "0" * 32})).status == 422
        assert (await admin.posts(f"{HALL}/{act}", {}, Sec_Fetch_Site="cross-site")).status == 422
    assert (await coordinator.gets(f"{HALL}/history")).status == 403
    after = await the_station(pages)
    assert (after.closed_until, after.deleted_at, after.name) == (None, None, before.name)


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_a_pin_on_shifted_tiles_means_the_place_below_it(database: Database, tmp_path: Path) -> None:
    async with database.writing() as session:
        await stations.add(session, THE_HALL, NOON)
    async with with_pages(database, tmp_path, map={"crs": "gcj02"}) as pages:
        admin = await pages.signs_in(await admin_of(pages.town))
        shown = await admin.gets(HALL)
        longitude, latitude = re.findall(r'data-at="\[([\d.]+), ([\d.]+)\]"', shown.text)[0]
        assert abs(float(longitude) - THE_HALL.longitude) > 0.004, "the tiles are shifted"
        drawn = {**fields_of(shown), "place": f"{latitude}, {longitude}", "drawn": "1"}
        wrong = await admin.posts(f"{HALL}/change", {**drawn, "name": ""})
        assert 'id="drawn" value="1"' in wrong.text and f"[{longitude}, {latitude}]" in wrong.text
        await sends(admin, f"{HALL}/change", drawn)
        row = await the_station(pages)
        assert abs(row.latitude - THE_HALL.latitude) < 1e-5 and abs(row.longitude - THE_HALL.longitude) < 1e-5
