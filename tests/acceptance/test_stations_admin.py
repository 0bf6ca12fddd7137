"""Stations from the chat: added, changed, moved, closed, deleted and brought back; imported and exported."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
import pyzipper

from bot.sandbox.params import Upload
from handlers.stations import presses as stations_presses
from storage import audit
from storage.membership import memberships
from storage.operations.audited import OperationAction
from storage.stations import stations
from storage.stations.audited import StationAction
from storage.stations.ids import StationKey
from storage.stations.stations import Amenity, NoSuchStation, Station
from storage.telegram_ids import PersonId
from tests.support.admins import admin_of
from tests.support.settings import Gazetteer
from tests.support.simulator import ADMIN, NOON, Rider, Town
from tests.support.words.chat import STAFF_ONLY, WELCOME
from tests.support.words.forms import FOR_HOW_LONG, NO_MORE, REVIEW_PAGE, SKIP
from tests.support.words.stations import (
    AMENITIES_OF_STATION,
    COORDINATE_SYSTEM,
    NAME_OF_STATION,
    PLACE_OF_STATION,
    SHOW_PASSWORD,
)

PLACE = (37.5, 116.5)
CSV = (
    "id,name,address,latitude,longitude,opening_hours,amenities,phone,note\n"
    "hall,The hall,Dexing Road,37.431,116.361,24/7,water,,\n"
    "n1,North,,37.6,116.3,08:00-22:00,rest;toilet,,\n"
    "n2,South,,137.6,116.3,,rest,,\n"
    "n3,East,,37.6,116.4,whenever,rest,,\n"
)


async def adds(admin: Rider, name: str = "New <hall>") -> None:
    await admin.says("/station_add")
    await admin.hears_of(PLACE_OF_STATION)
    await admin.shares(*PLACE)
    await admin.hears_of(NAME_OF_STATION)
    await admin.says(name)
    await admin.hears_of("What is the address")
    await admin.presses(SKIP)
    await admin.hears_of("When is it open?")
    await admin.says("8:00-20:30")
    await admin.hears_of(AMENITIES_OF_STATION)
    for amenity in ("water", "charging", "toilet", "toilet"):
        await admin.presses(amenity)
        await admin.hears_of(AMENITIES_OF_STATION)
    await admin.presses(NO_MORE)
    await admin.hears_of("A phone number")
    await admin.presses(SKIP)
    await admin.hears_of("Anything that helps")
    await admin.says("Second floor")
    review = await admin.hears_of(REVIEW_PAGE)
    assert "every day 08:00-20:30" in review["text"] and "charging" in review["text"] and "toilet" not in review["text"]
    await admin.presses("✔ Add")
    await admin.hears_of("Riders will find it")


async def finds(town: Town, rider: Rider, words: str, *, there: bool = True) -> None:
    """What riders see once every replica has looked at the table again."""
    await town.app.services.directory.refresh()
    await rider.shares(*PLACE)
    text = (await rider.hears_of("stations"))["text"]
    assert (words in text) is there, text
    await town.until_idle()
    rider.skips_the_rest()


async def noted(town: Town) -> list[str]:
    """What was done to stations, as the audit log begins to say it; the oldest first."""
    async with town.database.reading() as session:
        told = await audit.search(session, 20, act=StationAction.STATION_CHANGED)
    return [one.about.partition(": ")[2].split(" ")[0] for one in reversed(told)]


async def test_a_station_is_added_and_changed(town: Town) -> None:
    admin, rider = await admin_of(town), town.rider(7)
    await adds(admin)
    await finds(town, rider, "New <hall>")
    await admin.presses("⚙️")
    await admin.hears_of("New <hall>")
    await admin.changes("Station name")
    await admin.hears_of(NAME_OF_STATION)
    await admin.says("East hall")
    await admin.hears_of("⚙️ East hall")
    await admin.changes("Place")
    await admin.hears_of(PLACE_OF_STATION)
    await admin.says("37.51, 116.51")
    assert "37.510000, 116.510000" in (await admin.hears_of("⚙️ East hall"))["text"]
    await admin.changes("Amenities")
    await admin.hears_of(AMENITIES_OF_STATION)
    await admin.presses("shower")
    await admin.hears_of(AMENITIES_OF_STATION)
    await admin.presses(NO_MORE)
    assert "shower" in (await admin.hears_of("⚙️ East hall"))["text"]
    assert await noted(town) == ["added", "name:", "place:", "amenities:"]
    async with town.database.reading() as session:
        (row,) = await stations.named(session, "East", 5)
        assert row.amenities == Amenity.water | Amenity.charging | Amenity.shower


async def keeps_east_hall(town: Town) -> Rider:
    """An admin with the page of a new station open."""
    admin = await admin_of(town)
    async with town.database.writing() as session:
        row = await stations.add(session, Station("east", "East hall", *PLACE, opening_hours="08:00-20:30"), NOON)
    await admin.forges(stations_presses.MANAGE.data(row.key))
    await admin.hears_of("⚙️ East hall")
    return admin


async def test_a_station_is_closed_for_some_days_and_opened_again(town: Town) -> None:
    admin, rider = await keeps_east_hall(town), town.rider(7)
    await admin.presses("🔒 Close temporarily")
    await admin.hears_of("Why?")
    await admin.says("New pipes")
    await admin.hears_of(FOR_HOW_LONG)
    await admin.presses("for 3 days")
    await admin.hears_of("Closed until 12:00 on Fri 27 Nov: New pipes")
    await finds(town, rider, "closed, opens")
    town.now += timedelta(days=3, minutes=1)
    await finds(town, rider, "open until")
    town.now = NOON
    await admin.presses("🔓 Open again")
    await admin.hears_of("⚙️ East hall")
    assert await noted(town) == ["closed", "open"]


async def test_a_station_is_deleted_and_brought_back(town: Town) -> None:
    admin, rider = await keeps_east_hall(town), town.rider(7)
    await finds(town, rider, "East hall")
    await admin.presses("🗑 Delete")
    await admin.hears_of("30 days")
    await admin.presses("Yes, delete")
    await admin.hears_of("has been deleted")
    await finds(town, rider, "East hall", there=False)
    await admin.presses("↩ Undo")
    await admin.hears_of("⚙️ East hall")
    await finds(town, rider, "East hall")
    assert await noted(town) == ["deleted", "brought"]


async def test_a_twin_is_warned_of_and_what_was_deleted_is_found_by_name(town: Town) -> None:
    admin = await admin_of(town)
    await admin.says("/station_add")
    await admin.hears_of(PLACE_OF_STATION)
    await admin.says("nowhere")
    await admin.hears_of("37.43, 116.36")
    await admin.says("37.4311, 116.3611")
    assert "暖新之家 <1> is only 10 m away" in (await admin.hears_of("If it's the same one"))["text"]
    await admin.says("/cancel")
    await admin.says("/station_add 100%")
    await admin.hears_of("There is no station with that name")
    await admin.says("/station_add 暖新")
    await admin.hears_of("Which one?")
    await admin.presses("暖新之家")
    await admin.hears_of("⚙️")
    await admin.presses("🗑 Delete")
    await admin.hears_of("30 days")
    await admin.presses("Yes, delete")
    await admin.hears_of("has been deleted")
    await admin.says("/station_add 暖新")
    await admin.hears_of("Which one?")
    await admin.presses("🗑 暖新之家")
    await admin.hears_of("Deleted.")
    await admin.presses("Restore")
    await admin.hears_of("⚙️")
    async with town.database.writing() as session:
        assert await stations.count(session) == 2
        await stations.delete_one(session, StationKey(1), NOON)
        await stations.forget(session, NOON + timedelta(days=31))
        with pytest.raises(NoSuchStation):
            await stations.find_for_admin(session, StationKey(1))


@pytest.mark.gazetteer
async def test_only_the_place_of_a_station_is_looked_up(town: Town) -> None:
    """Its name and the rest concern no geocoding service."""
    admin = await admin_of(town)
    await admin.says("/station_add")
    await admin.hears_of(PLACE_OF_STATION)
    await admin.says("Hall")
    await admin.hears_of(NAME_OF_STATION)
    await admin.says("Warm Room")
    await admin.hears_of("What is the address")
    geocoder = town.context.ports.geocoder
    assert isinstance(geocoder, Gazetteer) and geocoder.asked == ["Hall"]


async def sends_file(town: Town, admin: Rider, name: str, content: bytes) -> None:
    await admin.sends(document=town.world.files.document(Upload(name, content)))


async def test_a_file_is_looked_at_first_and_then_imported(town: Town) -> None:
    admin, rider = await admin_of(town), town.rider(7)
    await admin.says("/import")
    await admin.hears_of(COORDINATE_SYSTEM)
    await admin.presses("WGS-84")
    await admin.hears_of("Send the list as a file")
    await admin.says("here it is")
    await admin.hears_of("as a document")
    await sends_file(town, admin, "list.pdf", b"%PDF")
    await admin.hears_of(".csv or .geojson")
    await sends_file(town, admin, "list.csv", b"name\nx\n")
    await admin.hears_of("missing: id")
    await sends_file(town, admin, "list.csv", CSV.encode())
    report = await admin.hears_of("Nothing has been changed yet")
    assert "Stations: 2 (1 new, 1 changed). Lines rejected: 2." in report["text"]
    assert "line 4: latitude 137.6 out of range" in report["text"] and "line 5: unparsable" in report["text"]
    async with town.database.reading() as session:
        assert await stations.count(session) == 2
    await admin.presses("✔ Import (2)")
    await admin.hears_of("Imported.")
    async with town.database.reading() as session:
        assert await stations.count(session) == 3
        (one,) = await audit.search(session, 1, act=StationAction.STATIONS_IMPORTED)
        assert "list.csv" in one.about
    await town.app.services.directory.refresh()
    await rider.shares(37.6, 116.3)
    await rider.hears_of("North")


async def test_gcj02_is_taken_for_what_it_is(town: Town) -> None:
    admin = await admin_of(town)
    await admin.says("/import")
    await admin.hears_of(COORDINATE_SYSTEM)
    await admin.presses("GCJ-02")
    await admin.hears_of("Send the list")
    await sends_file(town, admin, "amap.CSV", b"id,name,latitude,longitude\na,Amap,37.431,116.361\n")
    await admin.hears_of("Nothing has been changed yet")
    await admin.presses("✔ Import (1)")
    await admin.hears_of("Imported.")
    async with town.database.reading() as session:
        row = await stations.find_by_code(session, "a")
    assert row is not None and abs(row.latitude - 37.431) > 0.0003


async def exported(town: Town, admin: Rider, button: str) -> Upload:
    await admin.says("/export")
    await admin.hears_of("What do you need?")
    seen = len(admin.heard)
    await admin.presses(button)
    await admin.until(lambda: any("document" in one for one in admin.heard[seen:]))
    (found,) = [one["document"] for one in admin.heard[seen:] if "document" in one]
    upload = town.world.files.get(found["file_id"])
    assert upload is not None
    return upload


async def test_what_is_exported_can_be_imported_again(town: Town) -> None:
    admin = await admin_of(town)
    file = await exported(town, admin, "Stations, CSV")
    assert "暖新之家 <1>" in file.content.decode("utf-8-sig")
    geojson = await exported(town, admin, "Stations, GeoJSON")
    assert b"FeatureCollection" in geojson.content
    activities = await exported(town, admin, "🏀 Activities")
    assert activities.content.decode("utf-8-sig").startswith("id,state,kind")
    await admin.says("/import")
    await admin.hears_of(COORDINATE_SYSTEM)
    await admin.presses("WGS-84")
    await admin.hears_of("Send the list")
    await sends_file(town, admin, file.name, file.content)
    await admin.hears_of("Stations: 2 (0 new, 2 changed). Lines rejected: 0.")


async def asks_for_members(admin: Rider, reason: str) -> None:
    await admin.says("/export")
    await admin.hears_of("What do you need?")
    await admin.presses("🔐 Members")
    await admin.hears_of("What do you need it for?")
    await admin.says(reason)


async def test_who_is_who_leaves_only_encrypted_and_for_a_reason(town: Town) -> None:
    admin, second = await admin_of(town), town.rider(905)
    await second.says("/start")
    await second.hears_of(WELCOME)
    async with town.database.writing() as session:
        from storage.people import roles

        await memberships.create(session, PersonId(7), {"name": "=李雷", "phone": "+8613800138000"}, NOON)
        await roles.grant(session, PersonId(905), "admin", ADMIN, NOON)
    await asks_for_members(admin, "why")
    await admin.hears_of("5 to 300")
    await admin.says("The federation wants the list of 2026")
    await admin.hears_of(REVIEW_PAGE)
    await admin.presses("🔐 Create the file")
    await admin.hears_of("to see the password")
    (found,) = [one["document"] for one in admin.heard if "document" in one]
    upload = town.world.files.get(found["file_id"])
    assert upload is not None and b"13800138000" not in upload.content
    await admin.presses(SHOW_PASSWORD)
    await admin.until(lambda: bool(admin.answers and admin.answers[-1]["alert"]))
    password = admin.answers[-1]["text"]
    with pyzipper.AESZipFile(io.BytesIO(upload.content)) as file:
        with pytest.raises(RuntimeError):
            file.read("members.csv")
        file.setpassword(password.encode())
        content = file.read("members.csv").decode("utf-8-sig")
    assert "'=李雷" in content and "'+8613800138000" in content
    assert "The federation wants" in (await second.hears_of("exported"))["text"]
    async with town.database.reading() as session:
        (one,) = await audit.search(session, 1, act=OperationAction.EXPORTED)
    assert one.actor == ADMIN and "1 rows: The federation wants" in one.about
    shown = await admin.hears_of("to see the password")
    keys = [key for row in shown["reply_markup"]["inline_keyboard"] for key in row]
    assert {"text": password} in [key.get("copy_text") for key in keys]
    pressed = admin.button(SHOW_PASSWORD)
    await second.forges(pressed[1])
    await second.until(lambda: bool(second.answers))
    assert second.answers[-1]["text"] not in ("", password), "another admin sees another word, which opens nothing"
    town.now += timedelta(minutes=11)
    seen = len(admin.answers)
    await admin.forges(pressed[1], pressed[0])
    await admin.until(lambda: len(admin.answers) > seen)
    assert "10 minutes only" in admin.answers[-1]["text"]
    town.deliver()
    over = await admin.hears_of("10 minutes only")
    assert over["message_id"] == shown["message_id"] and "reply_markup" not in over, "it can't be copied any more"


async def test_nobody_else_gets_any_of_it(town: Town) -> None:
    rider: Any = town.rider(7)
    for command in ("/station_add", "/import", "/export"):
        await rider.says(command)
        await rider.hears_of(STAFF_ONLY)
    for data in ("export:csv", "exportpersonal:members", "exportkey:1795600547", "stationdeletenow:1", "station:1"):
        seen = len(rider.answers)
        await rider.forges(data)
        await rider.until(lambda seen=seen: len(rider.answers) > seen)
        assert STAFF_ONLY in rider.answers[-1]["text"]


async def test_the_report_shows_what_was_made_of_a_line(town: Town) -> None:
    admin = await admin_of(town)
    await admin.says("/import")
    await admin.hears_of("coordinate system")
    await admin.presses("WGS-84")
    await admin.hears_of("Send the list as a file")
    await sends_file(town, admin, "驿站.csv", "编号,名称,经纬度,营业时间\na,A,37.43;116.36,全天\n".encode("gb18030"))
    report = await admin.hears_of("Nothing has been changed yet")
    assert "Please check how I read these:" in report["text"]
    assert "line 2: “全天” → open 24 hours" in report["text"]
    await admin.presses("✔ Import (1)")
    assert "→ open 24 hours" in (await admin.hears_of("Imported."))["text"]
