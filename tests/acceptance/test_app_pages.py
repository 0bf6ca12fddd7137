"""The Mini App: who may open what, and what its pages show."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from html import escape
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from bot.telegram import menus
from bot.web.browser import OFFICE_PAGES, RIDERS
from bot.web.visits import Page
from storage.activities import sign_ups
from storage.activities.ids import ActivityId
from storage.console.passes import Kind
from storage.database import Database
from storage.geodesy import to_gcj02
from storage.people import roles
from storage.people.access import RIGHTS, Right, Role
from storage.stations import reports, stations
from storage.stations.stations import Station
from storage.telegram_ids import PersonId
from tests.support.activities import planned
from tests.support.applications import applied
from tests.support.pages import Pages, Visitor, with_pages
from tests.support.simulator import ADMIN, COORDINATOR, DEZHOU, HALL, NOON

RIDER = 5
EVIL = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}'
HALL_SHOWN = escape(HALL.name)


@pytest.fixture
async def pages(database: Database, tmp_path: Path) -> AsyncIterator[Pages]:
    async with database.writing() as session:
        await stations.put_all(
            session, [HALL, Station("evil", EVIL, 37.45, 116.36, EVIL, note=EVIL, phone=EVIL[:60])], NOON
        )
    async with with_pages(database, tmp_path) as pages:
        yield pages


async def test_init_data_is_exchanged_once(pages: Pages) -> None:
    said = pages.init_data(RIDER)
    entered = await pages.anybody.posts("/app/enter", {"init_data": said})
    answer = json.loads(entered.text)
    assert entered.status == 200 and answer["seconds"] == 900 and answer["language"] == "en"
    assert "Set-Cookie" not in entered.headers and entered.headers["Cache-Control"] == "no-store"
    replayed = await pages.anybody.posts("/app/enter", {"init_data": said})
    assert replayed.status == 409 and "opened once already" in replayed.text
    turned = "&".join(reversed(said.split("&")))
    assert (await pages.anybody.posts("/app/enter", {"init_data": turned})).status == 409
    old = pages.init_data(RIDER, pages.town.now - timedelta(minutes=6))
    for wrong in (old, said[:-1], said.replace("%3A+5", "%3A+6"), ""):
        assert (await pages.anybody.posts("/app/enter", {"init_data": wrong})).status == 401
    app = await pages.opens_app(RIDER, query_id="second")
    pages.town.now += timedelta(minutes=15)
    assert (await app.gets("/app/map")).status == 401


def address_of(page: Page, key: int = 1) -> str:
    """With something in place of each part that varies."""
    parts = {"id": str(key), "at": "0", "view": "cases"}
    return re.sub(r"\{(\w+):(?:[^{}]|\{[^{}]*\})*\}", lambda found: parts.get(found[1], "1"), page.path)


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_every_page_asks_for_its_right(pages: Pages) -> None:
    """Each page for each role, by each way in; what a role may open is what `RIGHTS` says."""
    people = {role: PersonId(100 + at) for at, role in enumerate(Role)}
    async with pages.town.database.writing() as session:
        row = await applied(session, 9)
        for role, person_id in people.items():
            if role not in (Role.RIDER, Role.MEMBER):
                await roles.grant(session, person_id, role.value, PersonId(ADMIN), NOON)
    assert len(RIDERS) >= 8 and len(OFFICE_PAGES) >= 10
    for role, person_id in people.items():
        visitors = {Kind.APP: await pages.opens_app(person_id)}
        if Right.OPEN_CONSOLE in RIGHTS[role]:
            rider = pages.town.rider(person_id)
            await rider.says("/start")
            visitors[Kind.SESSION] = await pages.signs_in(rider)
        for page in (*RIDERS, *OFFICE_PAGES):
            for kind, visitor in visitors.items():
                path = address_of(page, row.id)
                answer = await (visitor.gets(path) if page.method == "GET" else visitor.posts(path))
                may = kind in page.kinds and page.right in RIGHTS[role]
                assert (answer.status not in (401, 403)) == may, (role, kind, page.method, path, answer.status)
                assert answer.status < 500 and answer.headers["Cache-Control"] == "no-store"
                pages.town.now += timedelta(seconds=1)  # else one person asks too much
    for page in (*RIDERS, *OFFICE_PAGES):
        path = address_of(page)
        bare = await (pages.anybody.gets(path) if page.method == "GET" else pages.anybody.posts(path))
        assert bare.status in (401, 422), path


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_pages_carry_their_policy_and_nothing_keeps_them(pages: Pages) -> None:
    app = await pages.opens_app(RIDER)
    frame = await pages.anybody.gets("/app")
    for answer in (frame, await app.gets("/app/me"), await app.gets("/app/map"), await app.gets("/app/none")):
        policy = answer.headers.get("Content-Security-Policy", "")
        if answer.status == 404:
            continue
        assert "default-src 'none'" in policy and "script-src 'self'" in policy and "unsafe" not in policy
        assert "https://web.telegram.org" in policy and "http:" not in policy
        assert answer.headers["Cache-Control"] == "no-store" and answer.headers["X-Content-Type-Options"] == "nosniff"
        assert (
            answer.headers["Referrer-Policy"] == "same-origin"
            and "max-age" in answer.headers["Strict-Transport-Security"]
        )
    office = await pages.anybody.gets("/console/enter")
    assert "frame-ancestors 'none'" in office.headers["Content-Security-Policy"]
    assert office.headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_no_path_or_header_leads_elsewhere(pages: Pages) -> None:
    static = (await pages.anybody.gets("/app")).text.partition('href="/app/static/')[2].partition("/")[0]
    found = await pages.anybody.gets(f"/app/static/{static}/map.js")
    assert found.status == 200 and "immutable" in found.headers["Cache-Control"]
    for name in (
        "../site.py",
        "..%2fsite.py",
        "%2e%2e/site.py",
        "..%5csite.py",
        "libraries.toml",
        "map.js%00",
        "",
        ".",
    ):
        assert (await pages.anybody.gets(f"/app/static/{static}/{name}")).status == 404, name
    assert (await pages.anybody.gets("/app/static/0123456789abcdef/map.js")).status == 404
    tricked = await pages.anybody.gets(
        "/app", Host="evil.example", X_Forwarded_Host="evil.example", X_Original_URL="/x"
    )
    assert tricked.status == 200 and "evil" not in tricked.text
    app = await pages.opens_app(RIDER)
    for path in ("/app/map/stations/-1", "/app/map/stations/9999999999999999999", "/app/map/stations/1e3", "/app//map"):
        assert (await app.gets(path)).status == 404, path
    for box in ("", "1,2,3", "a,b,c,d", "nan,0,1,1", "inf,0,1,1", "0,1,1,0", "0,0,1,1,1", "1" * 400 + ",0,1,1"):
        assert (await app.gets(f"/app/map/stations?box={box}")).status == 400, box


async def test_the_map_shows_what_the_chat_finds(pages: Pages) -> None:
    app = await pages.opens_app(RIDER)
    shown = await app.gets("/app/map/stations?box=116,37,117,38&amenities=0")
    seen = json.loads(shown.text)
    assert seen["total"] == 2 and not seen["clusters"]
    assert [HALL.longitude, HALL.latitude] in [one[1:3] for one in seen["stations"]]
    assert json.loads((await app.gets("/app/map/stations?box=0,0,1,1")).text)["total"] == 0
    whole = json.loads((await app.gets("/app/map/stations?box=-500,-90,500,90")).text)
    assert whole["total"] == 2

    early = await app.posts("/app/map/stations/1/report", {"kind": "water"})
    assert early.status == 409, "only who searched nearby may report"
    near = await app.posts("/app/map/place", {"latitude": DEZHOU[0], "longitude": DEZHOU[1], "amenities": 2})
    assert near.status == 200 and 'data-key="1"' in near.text
    page = await app.gets("/app/map/stations/1")
    assert HALL_SHOWN in page.text and 'value="water"' in page.text and "uri.amap.com" in page.text
    told = await app.posts("/app/map/stations/1/report", {"kind": "water"})
    assert told.status == 200 and "Once a second rider confirms it" in told.text
    assert (await app.posts("/app/map/stations/1/report", {"kind": "water"})).status == 409
    second, coordinator = await pages.opens_app(6), pages.town.rider(COORDINATOR)
    await second.posts("/app/map/place", {"latitude": DEZHOU[0], "longitude": DEZHOU[1]})
    confirmed = await second.posts("/app/map/stations/1/report", {"kind": "water"})
    assert "everyone sees it now" in confirmed.text
    assert "water reported out" in (await app.gets("/app/map/stations/1")).text
    async with pages.town.database.reading() as session:
        assert len(await reports.believed(session, pages.town.now)) == 1
    await coordinator.hears_of("💧")


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_the_button_below_every_chat_is_read_in_every_language(pages: Pages) -> None:
    """Telegram has one text of it for all: as played, an English rider read 地图."""
    town = pages.town
    everything = await menus.everything(town.database, town.context, town.app.services.routes, town.now)
    await menus.publish(town.database, town.world.bot["id"], everything, town.app.telegram.api.call)
    (button,) = town.world.menu_buttons.values()
    assert button["text"] == "🗺 地图 · Map" and button["web_app"]["url"].endswith("/app?page=map")


async def test_what_people_write_stays_text(pages: Pages) -> None:
    """XSS: the name, address, phone and note of a station, the title of an activity."""
    await planned(pages.town, title=EVIL)
    app = await pages.opens_app(RIDER)
    async with pages.town.database.writing() as session:
        evil = await stations.find_by_code(session, "evil")
        assert evil is not None
        await sign_ups.sign_up(session, ActivityId(1), PersonId(RIDER), NOON, is_member=False)
    await app.posts("/app/map/place", {"latitude": 37.45, "longitude": 116.36})
    pages_shown = [await app.gets(f"/app/map/stations/{evil.key}"), await app.gets("/app/me")]
    pages_shown.append(await app.posts("/app/map/place", {"latitude": 37.45, "longitude": 116.36}))
    for answer in pages_shown:
        assert answer.status == 200 and "&lt;script&gt;" in answer.text and "{{7*7}}" in answer.text
        assert "<script" not in answer.text and "<img src=x" not in answer.text
    data = await app.gets("/app/map/stations?box=116,37,117,38")
    assert data.headers["Content-Type"].startswith("application/json") and data.headers["X-Content-Type-Options"]
    assert EVIL in [one[4] for one in json.loads(data.text)["stations"]]


async def test_who_asks_too_much_waits(pages: Pages) -> None:
    app = await pages.opens_app(RIDER)
    found = {(await app.gets("/app/map/stations?box=0,0,1,1")).status for _ in range(125)}
    assert found == {200, 429}
    assert (await (await pages.opens_app(6)).gets("/app/map")).status == 200


async def test_searches_of_the_map_are_fewer_than_looks_at_it(pages: Pages) -> None:
    """Each is kept, and counts in the figures."""
    app, here = await pages.opens_app(RIDER), {"latitude": "37.45", "longitude": "116.36"}
    found = [(await app.posts("/app/map/place", here)).status for _ in range(15)]
    assert found.count(200) == 9 and set(found) == {200, 429}, "entering was a request too"
    pages.town.now += timedelta(minutes=1)
    found = [(await app.posts("/app/map/place", here)).status for _ in range(15)]
    assert found.count(200) == 10
    assert (await (await pages.opens_app(6)).posts("/app/map/place", here)).status == 200


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_nobody_takes_the_one_writer_by_asking_too_much(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite has one; who is refused does not get to wait in line for it."""
    said = pages.init_data(RIDER, query_id="once")
    entered = await pages.anybody.posts("/app/enter", {"init_data": said})
    token = json.loads(entered.text)["token"]
    app = Visitor(pages.client, {"Authorization": f"Bearer {token}"})
    for _ in range(125):
        await app.gets("/app/map/stations?box=0,0,1,1")
    writing, begun = Database.writing, []

    def counted(database: Database) -> AbstractAsyncContextManager[AsyncSession]:
        begun.append(1)
        return writing(database)

    monkeypatch.setattr(Database, "writing", counted)
    assert (await app.posts("/app/map/place", {"latitude": "37.45", "longitude": "116.36"})).status == 429
    assert (await pages.anybody.posts("/app/enter", {"init_data": said})).status == 429
    assert (await pages.anybody.posts("/console/enter", {"token": token})).status == 409, "it is no link"
    assert not begun


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_chinese_tiles_get_stations_where_they_show_them(database: Database, tmp_path: Path) -> None:
    """GCJ-02 lies some 500 m from WGS-84 in Dezhou; what a rider points at on such a map is taken back."""
    async with database.writing() as session:
        await stations.put_all(session, [HALL], NOON)
    tiles = "https://tiles.example.org/{z}/{x}/{y}.png"
    async with with_pages(database, tmp_path, map={"crs": "gcj02", "tiles": tiles}) as pages:
        app = await pages.opens_app(RIDER)
        latitude, longitude = to_gcj02(HALL.latitude, HALL.longitude)
        seen = json.loads((await app.gets("/app/map/stations?box=116,37,117,38")).text)
        assert seen["stations"][0][1:3] == [round(longitude, 6), round(latitude, 6)]
        here = {"latitude": latitude, "longitude": longitude, "drawn": "1"}
        assert re.search(r"</b> \d0 m<br>", (await app.posts("/app/map/place", here)).text)
        far = await app.posts("/app/map/place", {**here, "drawn": "0"})
        assert re.search(r"</b> [3-7]\d\d m<br>", far.text)
        shown = await app.gets("/app/map")
        assert (
            tiles in shown.text
            and "connect-src 'self' https://tiles.example.org;" in (shown.headers["Content-Security-Policy"])
        )


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_a_base_map_of_ones_own_is_served_in_pieces(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "town.pmtiles"
    file.write_bytes(b"PMTiles" + bytes(range(200)))
    async with with_pages(database, tmp_path, map={"pmtiles": str(file)}) as pages:
        piece = await pages.anybody.gets("/app/map/base.pmtiles", Range="bytes=0-6")
        assert (piece.status, piece.text, piece.headers["Content-Range"]) == (206, "PMTiles", "bytes 0-6/207")
        assert (await pages.anybody.gets("/app/map/base.pmtiles", Range="bytes=900-")).status == 416
        assert 'data-pmtiles="1"' in (await (await pages.opens_app(RIDER)).gets("/app/map")).text
    async with with_pages(database, tmp_path) as pages:
        assert (await pages.anybody.gets("/app/map/base.pmtiles")).status == 404
