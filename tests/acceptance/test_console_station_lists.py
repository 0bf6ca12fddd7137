"""Many stations at once in the console: those of an area, a pasted list, a file, and the places without a station."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.web import uploads
from storage import audit
from storage.database import Database
from storage.people import people
from storage.stations import reports, stations
from storage.stations.audited import StationAction
from storage.stations.reports import Kind
from storage.stations.stations import Amenity, Station, StationRow
from storage.statistics import searches
from storage.statistics.searches import ALL, BARE, EVERYBODY, PLACE, WITHOUT_STATION, Seen
from storage.telegram_ids import PersonId
from tests.support.admins import admin_of
from tests.support.applications import at_work
from tests.support.pages import Answer, Pages, Visitor, with_pages
from tests.support.simulator import ADMIN, COORDINATOR, COUNSEL, NOON

MAP = "/console/stations"
AREA = f"{MAP}/area"
SQUARE = "37.40,116.30 37.40,116.40 37.50,116.40 37.50,116.30"
EVIL = '"><script>alert(1)</script>'
FILE = f"""id,name,latitude,longitude,opening_hours,amenities
A1,Riverside,37.43,116.36,早8晚10,water
A2,Bridge,37.44,116.37,24/7,teapot
A3,{EVIL.replace('"', "'")},37.45,116.38,24/7,water
A1,Again,37.46,116.39,24/7,
"""


@pytest.fixture
async def pages(database: Database, tmp_path: Path) -> AsyncIterator[Pages]:
    async with database.writing() as session:
        for at in range(6):
            place = (37.41 + at / 100, 116.31 + at / 100)
            station = Station(f"S{at}", f"Hall {at}", *place, amenities=int(Amenity.water), opening_hours="24/7")
            await stations.add(session, station, NOON)
        await stations.add(session, Station("far", "Far away", 39.9, 116.4), NOON)
    async with with_pages(database, tmp_path) as pages:
        async with database.writing() as session:
            await people.seen_all(session, dict.fromkeys((ADMIN, COORDINATOR), "en"), NOON)
        yield pages


async def rows(pages: Pages) -> Mapping[str, StationRow]:
    async with pages.town.database.reading() as session:
        return {row.id: row async for row in stations.all_rows(session)}


async def entries(pages: Pages, act: StationAction) -> list[str]:
    async with pages.town.database.reading() as session:
        return [one.about for one in await audit.search(session, 100, act=act.value)]


def form_of(answer: Answer, action: str) -> dict[str, list[str]]:
    """What the hidden fields and the ticked boxes of a form would send."""
    form = answer.text.partition(f'action="{action}"')[2].partition("</form>")[0]
    found: dict[str, list[str]] = {}
    for sent in re.findall(r"<input[^>]*>", form):
        name, value = (re.search(rf'{part}="([^"]*)"', sent) for part in ("name", "value"))
        if name and name[1] != "csrf" and ("checkbox" not in sent or " checked" in sent):
            found.setdefault(name[1], []).append(html.unescape(value[1]) if value else "")
    for name_, text in re.findall(r'<textarea name="(\w+)"[^>]*>\n?(.*?)</textarea>', form, re.S):
        found[name_] = [html.unescape(text)]
    return found


async def sends_file(
    visitor: Visitor, path: str, content: bytes, fields: Mapping[str, str], name: str = "stations.csv"
) -> Answer:
    return await visitor.sends_file(path, content, name, **fields)


async def test_the_stations_of_an_area_are_listed_and_kept_as_a_file(pages: Pages) -> None:
    coordinator = await pages.signs_in(await at_work(pages.town))
    shown = await coordinator.gets(f"{AREA}?corners={SQUARE}")
    assert shown.status == 200 and shown.text.count('name="key"') == 6 and "Far away" not in shown.text
    assert "6 stations" in shown.text and "open now: 6" in shown.text and f"{AREA}/plan" in shown.text
    assert 'name="what"' not in shown.text, "who may change none of them sees no button for it"
    triangle = await coordinator.gets(f"{AREA}?corners=37.40,116.30 37.40,116.355 37.47,116.355")
    assert triangle.text.count('name="key"') == 5
    file = await coordinator.gets(f"{AREA}/stations.csv?corners={SQUARE}")
    assert file.text.count("Hall") == 6 and file.headers["Content-Disposition"].startswith("attachment")
    for odd in ("", "37,116", "37,116 38,117", "x y z", "95,116 96,117 97,118", " ".join(["37.4,116.3"] * 101), EVIL):
        assert (await coordinator.gets(f"{AREA}?corners={odd}")).status == 400, odd


async def test_a_value_is_changed_for_many_after_a_preview_with_an_audit_row_each(pages: Pages) -> None:
    admin = await pages.signs_in(await admin_of(pages.town))
    keys = re.findall(r'name="key" value="(\d+)"', (await admin.gets(f"{AREA}?corners={SQUARE}")).text)
    first = {"corners": SQUARE, "key": keys[:4], "what": "more", "amenities": ["toilet", "water"]}
    plan = await admin.posts(f"{AREA}/plan", first)
    assert plan.status == 200 and plan.text.count("→") == 4 and "toilet" in plan.text
    assert all(row.amenities == Amenity.water for row in (await rows(pages)).values() if row.id != "far")
    assert not await entries(pages, StationAction.STATION_CHANGED)

    async with pages.town.database.writing() as session:
        await stations.delete_one(session, (await rows(pages))["S1"].key, NOON)
        found = await stations.find_for_admin(session, (await rows(pages))["S2"].key)
        found.amenities = int(Amenity.ice)
    done = await admin.posts(f"{AREA}/change", form_of(plan, f"{AREA}/change"))
    assert "2 stations are changed." in done.text and done.text.count("<li>") == 2
    assert "it has been deleted" in done.text and "someone else has changed it" in done.text
    now = await rows(pages)
    assert [now[one].amenities for one in ("S0", "S2", "S3", "S4")] == [
        Amenity.water | Amenity.toilet,
        Amenity.ice,
        Amenity.water | Amenity.toilet,
        Amenity.water,
    ]
    noted = await entries(pages, StationAction.STATION_CHANGED)
    assert len(noted) == 2 and all("amenities: 💧 water →" in one for one in noted)
    again = await admin.posts(f"{AREA}/change", form_of(plan, f"{AREA}/change"))
    assert "0 stations are changed." in again.text, "a form that is sent twice changes nothing twice"


@pytest.mark.parametrize(
    ("what", "fields", "column", "value"),
    [
        ("less", {"amenities": ["water"]}, "amenities", 0),
        ("opening_hours", {"opening_hours": "9:00-18:00"}, "opening_hours", "Mo-Su 09:00-18:00"),
        ("phone", {"phone": "12351"}, "phone", "12351"),
        ("note", {"note": EVIL}, "note", EVIL),
        ("close", {"reason": "Spring Festival", "end": "none"}, "closed_reason", "Spring Festival"),
    ],
)
async def test_each_kind_of_change(
    pages: Pages, what: str, fields: Mapping[str, object], column: str, value: object
) -> None:
    admin = await pages.signs_in(await admin_of(pages.town))
    there = await rows(pages)
    sent = {"corners": SQUARE, "what": what, "key": [there["S0"].key, there["S1"].key], **fields}
    plan = await admin.posts(f"{AREA}/plan", sent)
    assert plan.status == 200 and "<script>alert" not in plan.text, plan.text
    done = await admin.posts(f"{AREA}/change", form_of(plan, f"{AREA}/change"))
    assert "2 stations are changed." in done.text
    now = await rows(pages)
    assert [getattr(now[one], column) for one in ("S0", "S1")] == [value, value]
    assert len(await entries(pages, StationAction.STATION_CHANGED)) == 2
    if what == "close":
        plan = await admin.posts(f"{AREA}/plan", {"corners": SQUARE, "what": "open", "key": list(sent["key"])})  # type: ignore[call-overload]
        await admin.posts(f"{AREA}/change", form_of(plan, f"{AREA}/change"))
        assert (await rows(pages))["S0"].closed_until is None


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_odd_changes_change_nothing(pages: Pages) -> None:
    admin = await pages.signs_in(await admin_of(pages.town))
    key = (await rows(pages))["S0"].key
    good: Mapping[str, Any] = {"corners": SQUARE, "what": "more", "amenities": ["toilet"], "key": [key]}
    said: Sequence[tuple[Mapping[str, Any], int]] = [
        ({"key": []}, 422),
        ({"amenities": []}, 422),
        ({"what": "opening_hours", "opening_hours": "whenever"}, 422),
        ({"what": "close", "reason": "x"}, 422),
        ({"what": "close", "reason": "New floor", "end": "soon"}, 400),
        ({"what": "name"}, 400),
        ({"amenities": ["gold"]}, 400),
        ({"key": ["x"]}, 400),
        ({"key": [str(at) for at in range(201)]}, 400),
    ]
    for odd, status in said:
        assert (await admin.posts(f"{AREA}/plan", {**good, **odd})).status == status, odd
        assert (await admin.posts(f"{AREA}/change", {**good, **odd})).status == 400, odd
    unseen = await admin.posts(f"{AREA}/change", good)
    assert "0 stations are changed." in unseen.text, "what was never listed is not changed"
    assert not await entries(pages, StationAction.STATION_CHANGED)


async def test_reports_of_many_are_cleared_by_whoever_may(pages: Pages) -> None:
    coordinator = await pages.signs_in(await at_work(pages.town))
    key = (await rows(pages))["S0"].key
    async with pages.town.database.writing() as session:
        for rider in (901, 902):
            await reports.report(session, key, PersonId(rider), Kind.NO_WATER, NOON)
    await pages.town.context.directory.refresh_live()
    assert "water reported out" in (await coordinator.gets(f"{AREA}?corners={SQUARE}")).text
    done = await coordinator.posts(f"{AREA}/clear", {"corners": SQUARE, "key": [key]})
    assert "The reports on 1 station are cleared." in done.text
    async with pages.town.database.reading() as session:
        assert not await reports.believed(session, NOON)
    assert (await coordinator.posts(f"{AREA}/clear", {"corners": SQUARE})).status == 422


async def test_a_pasted_list_is_checked_line_by_line_and_added_once(pages: Pages) -> None:
    admin = await pages.signs_in(await admin_of(pages.town))
    text = f"东风路驿站\t37.6012,116.4012\t东风路 5 号\nNear; 37.41001, 116.31001\n{EVIL}, 37.7, 116.5\nnowhere\n"
    text += "37.8, 116.6\nTwice 37.6012 116.4012"
    plan = await admin.posts(f"{MAP}/list/plan", {"list": text, "crs": "wgs84"})
    assert plan.status == 200 and plan.text.count('name="line"') == 4 and "<script>alert" not in plan.text
    assert "Hall 0 is only" in plan.text and "line 1." in plan.text and "The coordinates are missing" in plan.text
    form = form_of(plan, f"{MAP}/list/add")
    assert form["line"] == ["1", "3"], "what may be there already is not ticked"
    done = await admin.posts(f"{MAP}/list/add", form)
    assert "2 stations are added." in done.text
    again = await admin.posts(f"{MAP}/list/add", form)
    assert again.status == 200 and len(await entries(pages, StationAction.STATION_CHANGED)) == 2
    named = {row.name: row for row in (await rows(pages)).values()}
    added = named["东风路驿站"]
    assert (added.latitude, added.longitude, added.address) == (37.6012, 116.4012, "东风路 5 号")
    assert EVIL.strip('"') in named or EVIL in named
    for odd, status in (({"list": ""}, 422), ({"list": "a 37.1,116.1\n" * 101}, 422), ({"crs": "x"}, 400)):
        assert (await admin.posts(f"{MAP}/list/plan", {"list": text, "crs": "wgs84", **odd})).status == status, odd
    assert (await admin.posts(f"{MAP}/list/add", {**form, "token": "../x"})).status == 400


async def test_a_list_in_another_system_is_converted(pages: Pages) -> None:
    admin = await pages.signs_in(await admin_of(pages.town))
    plan = await admin.posts(f"{MAP}/list/plan", {"list": "Amap 37.6012, 116.4012", "crs": "gcj02"})
    await admin.posts(f"{MAP}/list/add", form_of(plan, f"{MAP}/list/add"))
    added = next(row for row in (await rows(pages)).values() if row.name == "Amap")
    assert 0.003 < abs(added.longitude - 116.4012) < 0.01


async def test_a_file_is_checked_line_by_line_and_then_imported(pages: Pages) -> None:
    admin = await pages.signs_in(await admin_of(pages.town))
    content = FILE.encode()
    checked = await sends_file(admin, f"{MAP}/import/check", content, {"crs": "wgs84"})
    assert checked.status == 200 and checked.headers["Cache-Control"] == "no-store"
    told = html.unescape(re.sub(r"<[^>]*>", " ", checked.text))
    assert "unknown amenity" in told and "duplicate id" in told and "早8晚10" in told
    assert "<script>alert" not in checked.text and checked.text.count(">rejected<") == 2
    assert len(await rows(pages)) == 7 and not await entries(pages, StationAction.STATIONS_IMPORTED)
    digest = re.findall(r'name="digest" value="(\w{64})"', checked.text)[0]

    other = await sends_file(admin, f"{MAP}/import", content + b"\n", {"crs": "wgs84", "digest": digest})
    assert "the file that was checked. Here" in other.text and len(await rows(pages)) == 7
    done = await sends_file(admin, f"{MAP}/import", content, {"crs": "wgs84", "digest": digest})
    assert "Imported." in done.text
    now = await rows(pages)
    assert len(now) == 9 and now["A1"].opening_hours == "Mo-Su 08:00-22:00" and "A2" not in now
    assert await entries(pages, StationAction.STATIONS_IMPORTED) == ["stations.csv: 2 stations"]

    async def is_found() -> bool:
        found = pages.town.context.directory.index.nearest_row(37.43, 116.36)
        return found is not None and found[1] < 5

    await pages.town.until_true(is_found)
    again = await sends_file(admin, f"{MAP}/import/check", content, {"crs": "wgs84"})
    assert "<dt>New</dt><dd>0</dd><dt>Changed</dt><dd>2</dd>" in again.text


async def test_geojson_of_openstreetmap_is_taken(pages: Pages) -> None:
    admin = await pages.signs_in(await admin_of(pages.town))
    content = (
        b'{"version":0.6,"elements":[{"type":"node","id":7,"lat":37.43,"lon":116.36,"tags":{"amenity":"toilets"}},'
        b'{"type":"node","id":8,"lat":37.44,"lon":116.36,"tags":{"amenity":"toilets","access":"private"}}]}'
    )
    checked = await sends_file(admin, f"{MAP}/import/check", content, {"crs": "wgs84"}, "osm.json")
    assert "<dt>New</dt><dd>1</dd>" in checked.text and "access=private" in checked.text


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_files_that_are_no_stations_are_refused_with_a_sentence(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = await pages.signs_in(await admin_of(pages.town))
    check = f"{MAP}/import/check"
    for content, name, words in (
        (b"%PDF-1.4", "a.csv", "a PDF"),
        (b"id,name\nA,B\n", "a.csv", "missing"),
        (b"{}", "a.geojson", "GeoJSON"),
        (b"x", "a.exe", "Please send a .csv"),
        (b"", "", "Choose a file first."),
    ):
        answer = await sends_file(admin, check, content, {"crs": "wgs84"}, name)
        assert answer.status == 200 and words in html.unescape(answer.text), (name, answer.text)
    assert (await sends_file(admin, check, FILE.encode(), {"crs": "x"})).status == 400
    path = await sends_file(admin, check, FILE.encode(), {"crs": "wgs84"}, "../../etc/x;.csv")
    assert path.status == 200 and "../" not in path.text
    monkeypatch.setattr(uploads, "MOST_BYTES", 1_000)
    assert (await sends_file(admin, check, b"x" * 100_000, {"crs": "wgs84"})).status == 400
    assert (await sends_file(admin, check, b"x" * 2_000, {"crs": "wgs84"})).status == 400
    for body, kind in (
        ("--x--", "multipart/form-data; boundary=x"),
        ("--x", "multipart/form-data"),
        ("a=b", "text/csv"),
    ):
        assert (await admin.asks("POST", check, body, Content_Type=kind)).status in (400, 422), kind
    assert len(await rows(pages)) == 7


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_who_is_slow_to_send_a_file_is_let_go(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    admin = await pages.signs_in(await admin_of(pages.town))
    monkeypatch.setattr(uploads, "SENT_WITHIN", 0.2)

    async def slowly() -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
        await asyncio.Event().wait()

    headers = {**admin.headers, "Content-Type": "multipart/form-data; boundary=x"}
    async with asyncio.timeout(5), pages.client.post(f"{MAP}/import", data=slowly(), headers=headers) as answer:
        assert answer.status == 400


async def test_only_admins_change_many_and_no_other_site_does(pages: Pages) -> None:
    coordinator, admin = (
        await pages.signs_in(await at_work(pages.town)),
        await pages.signs_in(await admin_of(pages.town)),
    )
    acts = (f"{AREA}/plan", f"{AREA}/change", f"{MAP}/list/plan", f"{MAP}/list/add")
    for path in acts:
        assert (await coordinator.posts(path, {"corners": SQUARE})).status == 403, path
        assert (await Visitor(pages.client, admin.headers).posts(path, {"csrf": "0" * 32})).status == 422, path
        assert (await admin.posts(path, {}, Sec_Fetch_Site="cross-site")).status == 422, path
    for path in (f"{MAP}/import", f"{MAP}/import/check"):
        fields = {"crs": "wgs84", "digest": "0" * 64}
        assert (await sends_file(coordinator, path, FILE.encode(), fields)).status == 403, path
        assert (await sends_file(admin, path, FILE.encode(), {**fields, "csrf": "0" * 32})).status == 422, path
        foreign = Visitor(pages.client, {**admin.headers, "Sec-Fetch-Site": "cross-site"})
        assert (await sends_file(foreign, path, FILE.encode(), fields)).status == 422, path
    for path in (f"{MAP}/list", f"{MAP}/import"):
        assert (await coordinator.gets(path)).status == 403, path
    assert f"{MAP}/import" not in (await coordinator.gets(MAP)).text and f"{MAP}/import" in (await admin.gets(MAP)).text
    assert len(await rows(pages)) == 7


async def test_where_stations_are_missing_as_in_the_statistics_and_nobody_below_five(pages: Pages) -> None:
    coordinator, admin = (
        await pages.signs_in(await at_work(pages.town)),
        await pages.signs_in(await admin_of(pages.town)),
    )
    async with pages.town.database.writing() as session:
        seen = []
        for place, people_there, first in (("37.61,116.61", 13, 0), ("37.63,116.63", 4, 100)):
            for at in range(people_there):
                for kind, cell in ((ALL, EVERYBODY), (ALL, WITHOUT_STATION), (PLACE, place), (BARE, place)):
                    seen.append(Seen(PersonId(1_000 + first + at), NOON.date(), kind, cell))
        await searches.count_all(session, seen)
    shown = await coordinator.gets(f"{MAP}/gaps")
    assert "37.61, 116.61" in shown.text and 'data-bare="15"' in shown.text and "37.63" not in shown.text
    assert "/new?drawn=" not in shown.text
    assert "/console/stations/new?drawn=37.61,116.61" in (await admin.gets(f"{MAP}/gaps")).text
    empty = await coordinator.gets(f"{MAP}/gaps?unit=week&back=3")
    assert "too little to show" in empty.text
    for odd in ("unit=day", "back=x", "back=-1", "back=500"):
        assert (await coordinator.gets(f"{MAP}/gaps?{odd}")).status == 400, odd
    counsel = await pages.signs_in(pages.town.rider(COUNSEL, "en"))
    assert (await counsel.gets(f"{MAP}/gaps")).status == 403
