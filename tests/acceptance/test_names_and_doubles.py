"""Names that imitate the bot, names that broke pictures, numbers that anybody can type, and cells that compute."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

from bot.pictures.painter import PillowPainter
from handlers.chat.pictures import Spot
from storage.geodesy import Crs
from storage.membership import applications
from storage.stations import stations
from storage.stations.files import COLUMNS, CsvWriter, read_stations
from storage.stations.stations import StationRow
from storage.telegram_ids import PersonId
from tests.support.applications import applied, at_work
from tests.support.case_scripts import STORY, at_desk, brings_pay
from tests.support.cases import takes
from tests.support.simulator import COUNSEL, HALL, NOON, Town


async def test_a_riders_name_can_not_look_like_a_note(town: Town) -> None:
    rider, counsel = await at_desk(town, 440), await at_desk(town, COUNSEL)
    number = await brings_pay(rider, name="📝 note\nof Wang", evidence=False)
    await takes(counsel, number)
    head = (await counsel.rider.hears_of(STORY))["text"].split("\n")[0]
    assert "📝" not in head and "“note of Wang”" in head


async def test_a_station_with_a_line_break_in_its_name_is_painted() -> None:
    spot = Spot(1, "Hall\nof riders\u2028here", 37.44, 116.36, is_open=True)
    assert (await PillowPainter().map_png(37.43, 116.36, [spot], "en")).startswith(b"\x89PNG")


async def test_a_typed_phone_number_is_not_told_apart(town: Town) -> None:
    """Somebody types the number of an applicant, and learns nothing by it."""
    async with town.database.writing() as session:
        await applied(session, 440)
        await applied(session, 441, id_number=None)
    coordinator, rider = await at_work(town), await at_desk(town, 441)
    await coordinator.forges("review:2")
    shown = (await coordinator.hears_of("Assigned to you"))["text"]
    assert "+8613800138000 (typed, not verified)" in shown and "Same phone or ID number: A-2026-000001" in shown
    assert "don't tell the applicant" in shown
    await coordinator.presses("✖ Refuse")
    await coordinator.hears_of("Why?")
    await coordinator.presses("Call the hotline")
    await coordinator.hears_of("was refused")
    said = (await rider.rider.hears_of("was not accepted"))["text"]
    assert "Please call the union's hotline" in said and "already" not in said


async def test_a_shared_number_is_shown_as_such(town: Town) -> None:
    async with town.database.writing() as session:
        row = await applied(session, 440)
        content = applications.content_of(session, row)
        content.answers["phone"] = {"number": "+8613800138000", "shared": True}
        applications.keep_content(session, row, content)
        await applied(session, 441, id_number=None)
        other = await applications.latest_of(session, PersonId(441))
        assert other is not None and await applications.doubles(session, other) == ["A-2026-000001"]
    coordinator = await at_work(town)
    await coordinator.forges("review:1")
    shown = (await coordinator.hears_of("Assigned to you"))["text"]
    assert "+8613800138000" in shown and "not verified" not in shown


async def test_a_csv_of_stations_computes_nothing_and_comes_back_as_it_was(town: Town, tmp_path: Path) -> None:
    odd = replace(HALL, id="odd", name="=HYPERLINK(1)", address="+1\u202e 2", phone="+86 12351", note="-x\ny")
    async with town.database.writing() as session:
        await stations.put_all(session, [odd], NOON)
        content = io.BytesIO()
        writer = CsvWriter(content)
        writer.add(await session.get_one(StationRow, 3))
        writer.close()
    text = content.getvalue().decode("utf-8-sig").splitlines()
    assert text[0] == ",".join(COLUMNS) and "'=HYPERLINK(1)" in text[1] and "'+86 12351" in "".join(text)
    file = tmp_path / "odd.csv"
    file.write_bytes(content.getvalue())
    (line,) = read_stations(file, Crs.WGS84)
    assert line.station is not None
    assert (line.station.name, line.station.phone) == ("=HYPERLINK(1)", "+86 12351")
    assert (line.station.address, line.station.note) == ("+1 2", "-x\ny")
