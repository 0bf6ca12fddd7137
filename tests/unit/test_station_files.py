"""Station files as they come: from Excel and WPS, from a colleague, from OpenStreetMap."""

from __future__ import annotations

import contextlib
import io
import zipfile
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.database import Database
from storage.geodesy import Crs
from storage.sheets import workbooks
from storage.sheets.records import MOST_UNCLOSED
from storage.sheets.tables import BadFile
from storage.stations import stations
from storage.stations.amenity_words import UnknownAmenity, read_amenities
from storage.stations.columns import STATIONS
from storage.stations.coordinates import NoCoordinate, read_degrees, read_pair, split_pair
from storage.stations.files import CsvWriter, Line, read_stations
from storage.stations.importing import Hearers, import_stations
from storage.stations.stations import Amenity, Station, StationRow
from tests.support.simulator import NOON
from tests.support.workbooks import MAIN


def read(folder: Path, content: str | bytes, name: str = "a.csv", *, is_swapped: bool = False) -> list[Line]:
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read_stations(file, Crs.WGS84, is_swapped=is_swapped))


def one(folder: Path, content: str | bytes, name: str = "a.csv") -> Station:
    (line,) = read(folder, content, name)
    assert line.station is not None, line.reason
    return line.station


ROWS = [["id", "name", "latitude", "longitude", "amenities"], ["a", "A, B; C", "37.43", "116.36", "water"]]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", "，", "；"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_any_usual_separator_and_encoding_is_read(tmp_path: Path, separator: str, encoding: str) -> None:
    text = "\r\n".join(separator.join(f'"{cell}"' for cell in row) for row in ROWS) + "\r\n"
    station = one(tmp_path, text.encode(encoding))
    assert (station.name, station.latitude, station.amenities) == ("A, B; C", 37.43, Amenity.water)


def test_the_line_with_which_excel_names_the_separator_is_no_header(tmp_path: Path) -> None:
    lines = read(tmp_path, "sep=;\nid;name;latitude;longitude\na;A;37,43;116,36\nb;;1;2\n")
    assert lines[0].station is not None and lines[0].station.longitude == 116.36
    assert lines[0].number == 3 and lines[1] == Line(4, None, "missing name")


def test_chinese_headers_and_a_place_in_one_column(tmp_path: Path) -> None:
    header = "编号,驿站名称,地址,经纬度,营业时间,设施,电话,备注\n"
    line = 'S1,暖新之家,德兴路1号,"37.43,116.36",周一至周五 8:00-18:00,饮水；充电、WiFi,0534-2345678,门朝南\n'
    (read_line,) = read(tmp_path, header + line)
    offered = Amenity.water | Amenity.charging | Amenity.wifi
    assert read_line.station == Station(
        "S1", "暖新之家", 37.43, 116.36, "德兴路1号", "Mo-Fr 08:00-18:00", int(offered), "0534-2345678", "门朝南"
    )
    assert read_line.hours_written == "周一至周五 8:00-18:00" and not read_line.reason


@pytest.mark.parametrize(
    ("title", "column"),
    [
        ("编号", "id"),
        ("名称", "name"),
        ("驿站名称", "name"),
        ("纬度", "latitude"),
        ("经度（°）", "longitude"),
        ("lat", "latitude"),
        ("LNG", "longitude"),
        ("lon", "longitude"),
        ("经纬度", "place"),
        ("营业时间", "opening_hours"),
        ("Opening Hours", "opening_hours"),
        ("设施", "amenities"),
        ("联系电话", "phone"),
        ("备注", "note"),
        ("颜色", None),
    ],
)
def test_columns_have_many_names(title: str, column: str | None) -> None:
    assert STATIONS.of(title) == column


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("37.43", 37.43),
        ("-37.43", -37.43),
        ("+37.43", 37.43),
        ("37,43", 37.43),
        ("３７．４３", 37.43),
        ("37.43N", 37.43),
        ("37.43°N", 37.43),
        ("N37.43", 37.43),
        ("37.43S", -37.43),
        ("北纬37.43度", 37.43),
        ("37°25'48\"N", 37.43),
        ("37°25′48″", 37.43),
        ("37 25 48 N", 37.43),
        ("北纬37度25分48秒", 37.43),
        ("37º25.8'", 37.43),
        ("-37°25'48\"", -37.43),
        ("37:25:48", 37.43),
        ("1.1636E+02", 116.36),
        ("116.36E", 116.36),
        ("东经116°21′36″", 116.36),
        ("116.36W", -116.36),
        ("1e-05", 0.00001),
        (".5", 0.5),
    ],
)
def test_coordinates_in_their_usual_forms(text: str, value: float) -> None:
    assert read_degrees(text).value == pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize("text", ["1_0.5", "x", "1e999", "37°61'", "N37.43E", "-37.43S", "37.4.3", "0x10", ""])
def test_what_is_no_coordinate_is_refused(text: str) -> None:
    with pytest.raises(NoCoordinate):
        read_degrees(text)


@given(st.text(st.sampled_from("0123456789.,°'\"NSEW北纬度分 -+eE"), max_size=80))
@settings(max_examples=300)
def test_any_text_is_a_coordinate_or_none(text: str) -> None:
    with contextlib.suppress(NoCoordinate):
        assert abs(read_degrees(text).value) < 1e103


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("37.43,116.36", (37.43, 116.36)),
        ("116.36,37.43", (37.43, 116.36)),
        ("37.43 116.36", (37.43, 116.36)),
        ("37,43; 116,36", (37.43, 116.36)),
        ("（37.43，116.36）", (37.43, 116.36)),
        ("E116.36 N37.43", (37.43, 116.36)),
        ("37°25'48\"N, 116°21'36\"E", (37.43, 116.36)),
        ("87.6,43.8", (43.8, 87.6)),
        ("43.8,87.6", (43.8, 87.6)),
        ("48.86,2.35", (48.86, 2.35)),
    ],
)
def test_a_place_in_one_cell(text: str, place: tuple[float, float]) -> None:
    assert read_pair(*split_pair(text)) == pytest.approx(place)


def test_swapped_coordinates_are_named_and_swapped_on_demand(tmp_path: Path) -> None:
    text = "id,name,latitude,longitude\na,A,116.36,37.43\n"
    (line,) = read(tmp_path, text)
    assert line.station is None and "look swapped" in line.reason and "--swap" in line.reason
    (line,) = read(tmp_path, text, is_swapped=True)
    assert line.station is not None and (line.station.latitude, line.station.longitude) == (37.43, 116.36)


WATER_CHARGING = Amenity.water | Amenity.charging


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("", Amenity(0)),
        ("water", Amenity.water),
        ("Water", Amenity.water),
        ("饮水", Amenity.water),
        ("饮水;充电", WATER_CHARGING),
        ("water；charging", WATER_CHARGING),
        ("water, charging", WATER_CHARGING),
        ("饮水、充电", WATER_CHARGING),
        ("饮水，充电", WATER_CHARGING),
        ("饮水 充电", WATER_CHARGING),
        ("饮水/充电", WATER_CHARGING),
        ("饮水和手机充电", WATER_CHARGING),
        ("water | charging", WATER_CHARGING),
        ("water and charging", WATER_CHARGING),
        ("water\ncharging", WATER_CHARGING),
        ("first aid; air conditioning", Amenity.first_aid | Amenity.air_conditioning),
        ("Wi-Fi", Amenity.wifi),
        ("免费WiFi", Amenity.wifi),
        ("饮水机、微波炉、充电等", WATER_CHARGING | Amenity.microwave),
        ("休息区", Amenity.rest),
        ("battery_swap;union_signup", Amenity.battery_swap | Amenity.union_signup),
        ("法律咨询", Amenity.legal_help),
    ],
)
def test_amenities_in_both_languages_with_any_sign_between(text: str, offered: Amenity) -> None:
    assert read_amenities(text) == offered


def test_each_amenity_is_read_by_its_name_and_an_unknown_one_is_named() -> None:
    assert all(read_amenities(amenity.name or "") == amenity for amenity in Amenity)
    with pytest.raises(UnknownAmenity, match="sauna"):
        read_amenities("water; sauna")


@pytest.mark.parametrize(
    ("cell", "phone", "remark"),
    [
        ("1.38E+10", "", "was rounded by a spreadsheet"),
        ("1.38e+10", "", "was rounded by a spreadsheet"),
        ("13800138000.0", "13800138000", ""),
        ("'13800138000", "13800138000", ""),
        ("'+8613800138000", "+8613800138000", ""),
        ("0534-2345678", "0534-2345678", ""),
    ],
)
def test_phones_as_spreadsheets_leave_them(tmp_path: Path, cell: str, phone: str, remark: str) -> None:
    (line,) = read(tmp_path, f"id,name,latitude,longitude,phone\na,A,37,116,{cell}\n")
    assert line.station is not None and line.station.phone == phone and remark in line.reason


def test_an_id_that_was_rounded_is_refused(tmp_path: Path) -> None:
    (line,) = read(tmp_path, "id,name,latitude,longitude\n1.23E+10,A,37,116\n")
    assert line.reason == "id '1.23E+10' was rounded by a spreadsheet; format the column as text"


def test_texts_are_cleaned_and_ids_that_differ_in_case_are_one(tmp_path: Path) -> None:
    text = 'id,name,latitude,longitude,note\nS1,"暖\0新\n     之家\u200b",37,116,"a\nb"\ns1 ,B,37,116,\nＳ1,C,37,116,\n'
    first, *others = read(tmp_path, text)
    assert first.station is not None and (first.station.name, first.station.note) == ("暖新 之家", "a\nb")
    assert [line.reason for line in others] == [f"duplicate id {said!r}, first in line 2" for said in ("s1", "Ｓ1")]


def test_a_quote_that_is_never_closed_costs_only_its_line(tmp_path: Path) -> None:
    header = "id,name,latitude,longitude\n"
    lines = read(tmp_path, header + 'a,A,37,116\nb,"B,37,116\nc,"C ""x""",37,116\nd,D,37,116\n')
    assert [line.station and line.station.id for line in lines] == ["a", None, "c", "d"]
    assert lines[1] == Line(3, None, "a quotation mark is never closed") and lines[3].number == 5
    assert [line.number for line in read(tmp_path, header + 'a,A,37,116\nb,"B')] == [2, 3]
    with pytest.raises(BadFile, match="is a quotation mark never closed"):
        read(tmp_path, header + ',"a","\n' * (MOST_UNCLOSED + 2_000))


SHARED = (
    f"<sst {MAIN}>"
    + "".join(
        f"<si>{text}</si>"
        for text in (
            *(f"<t>{title}</t>" for title in ("编号", "名称", "纬度", "经度", "电话", "营业时间")),
            "<r><t>暖新</t></r><r><t>之家</t></r><rPh><t>nuan</t></rPh>",
            "<t>周一至周五 8:00-18:00</t>",
        )
    )
    + "</sst>"
)
HEADER_ROW = '<row r="1">' + "".join(f'<c r="{"ABCDEF"[at]}1" t="s"><v>{at}</v></c>' for at in range(6)) + "</row>"
STATION_ROW = (
    '<row r="3"><c r="A3" t="inlineStr"><is><t>S1</t></is></c><c r="B3" t="s"><v>6</v></c><c r="C3"><v>37.43</v></c>'
    '<c r="D3"><v>116.36</v></c><c r="E3"><v>1.3800138E10</v></c><c r="F3" t="s"><v>7</v></c></row>'
)
SHEET = f"<worksheet {MAIN}><sheetData>{HEADER_ROW}<row r='2'/>{STATION_ROW}</sheetData></worksheet>"


def workbook(sheet: str = SHEET, shared: str = SHARED, name: str = "xl/worksheets/sheet1.xml") -> bytes:
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, sheet)
        archive.writestr("xl/sharedStrings.xml", shared)
    return book.getvalue()


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv"])
def test_a_workbook_is_read_whatever_its_name(tmp_path: Path, name: str) -> None:
    (line,) = read(tmp_path, workbook(), name)
    hours = "Mo-Fr 08:00-18:00"
    expected = Station("S1", "暖新之家", 37.43, 116.36, phone="13800138000", opening_hours=hours)
    assert (line.number, line.station) == (3, expected)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (workbook(name="word/document.xml"), "not an Excel workbook"),
        (workbook()[:400], "damaged or protected"),
        (workbook(sheet="<x>"), "damaged or protected"),
        (workbook(sheet='<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'), "declares a document type"),
        (workbook(sheet=SHEET.replace("S1", "x" * 70_000)), "a text is longer than 64 KiB"),
        (workbook(sheet=SHEET.replace("S1", "x" * 65_530)), "row 3 is longer than 64 KiB"),
        (workbook(sheet="<worksheet/>"), "missing: id, name, latitude, longitude"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel or WPS workbook.*“CSV UTF-8”"),
        (b"%PDF-1.7", "this is a PDF"),
    ],
)
def test_what_is_no_table_is_called_by_its_name(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(BadFile, match=said):
        read(tmp_path, content, "a.xlsx")


def test_texts_that_are_empty_are_counted_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """256 MiB of them, packed into 300 kB, would be 50 million."""
    monkeypatch.setattr(workbooks, "MOST_TEXTS", 1_000)
    shared = SHARED.replace("</sst>", "<si/>" * 1_001 + "</sst>")
    with pytest.raises(BadFile, match="too much text"):
        read(tmp_path, workbook(shared=shared), "a.xlsx")


def test_a_tag_that_does_not_end_is_not_kept_whole(tmp_path: Path) -> None:
    sheet = SHEET.replace("<row r='2'/>", f"<row r='2' x='{'y' * (3 << 20)}'/>")
    with pytest.raises(BadFile, match="too much text"):
        read(tmp_path, workbook(sheet=sheet), "a.xlsx")
    many = SHEET.replace("<row r='2'/>", "<row r='2'/>" * 300_000)
    assert len(read(tmp_path, workbook(sheet=many), "a.xlsx")) == 1


ODD = Station("'=1", "=cmd|' /C calc'!A0", 37.5, 116.25, "'t Hoekje", "24/7", 3, "+8613800138000", "-x\n@y")


def test_what_is_exported_holds_no_formula_and_comes_back_as_it_was(tmp_path: Path) -> None:
    out = io.BytesIO()
    writer = CsvWriter(out)
    writer.add(StationRow(**{name: getattr(ODD, name) for name in Station.__slots__}))
    writer.close()
    assert b"\n=" not in out.getvalue() and b",=" not in out.getvalue() and b",+" not in out.getvalue()
    assert one(tmp_path, out.getvalue()) == ODD


def element(**tags: str) -> dict[str, object]:
    return {"type": "node", "id": 7, "lat": 35.68, "lon": 139.76, "tags": tags}


def overpass(folder: Path, *elements: object) -> list[Line]:
    return read(folder, orjson.dumps({"version": 0.6, "osm3s": {"x": []}, "elements": elements}), "a.json")


def test_overpass_json_is_read(tmp_path: Path) -> None:
    corners = [{"lat": 1.0, "lon": 2.0}, {"lat": 3.0, "lon": 4.0}]
    lines = overpass(
        tmp_path,
        element(amenity="toilets", name="A"),
        {"type": "way", "id": 8, "center": {"lat": 1.0, "lon": 2.0}, "tags": {"amenity": "toilets", "name": "B"}},
        {"type": "way", "id": 9, "geometry": corners, "tags": {"amenity": "toilets", "name": "C"}},
        {"type": "node", "id": 10, "lat": 1.0, "lon": 2.0},
        {"type": "way", "id": 11, "nodes": [10], "tags": {"amenity": "toilets"}},
    )
    found = [line.station and (line.station.id, line.station.latitude, line.station.longitude) for line in lines]
    assert found == [("osm-node-7", 35.68, 139.76), ("osm-way-8", 1.0, 2.0), ("osm-way-9", 2.0, 3.0), None]
    assert lines[-1].reason == "no usable geometry"


@pytest.mark.parametrize(
    ("tags", "place", "name"),
    [
        ({"amenity": "toilets"}, (35.68, 139.76), "Public toilet"),
        ({"amenity": "toilets", "addr:street": "Main St"}, (35.68, 139.76), "Public toilet, Main St"),
        ({"amenity": "drinking_water", "addr:street": "大学路"}, (37.43, 116.36), "饮水点（大学路）"),
        ({"amenity": "toilets", "name": "N", "name:zh": "中"}, (37.43, 116.36), "中"),
    ],
)
def test_a_place_without_a_name_gets_one(
    tmp_path: Path, tags: dict[str, str], place: tuple[float, float], name: str
) -> None:
    (line,) = overpass(tmp_path, {**element(**tags), "lat": place[0], "lon": place[1]})
    assert line.station is not None and line.station.name == name


@pytest.mark.parametrize(
    ("tags", "offered"),
    [
        ({"amenity": "toilets"}, Amenity.toilet),
        ({"amenity": "library", "toilets": "yes"}, Amenity.reading | Amenity.toilet),
        ({"amenity": "library", "toilets": "customers"}, Amenity.reading),
        ({"amenity": "library", "toilets": "yes", "toilets:access": "customers"}, Amenity.reading),
        ({"amenity": "drinking_water;toilets", "drinking_water": "no"}, Amenity.toilet),
        ({"amenity": "library", "internet_access": "customers"}, Amenity.reading),
        ({"amenity": "shelter", "bench": "no"}, Amenity.rest),
        ({"amenity": "toilets", "access": "customers"}, Amenity.toilet | Amenity.customers_only),
        ({"amenity": "toilets", "fee": "yes", "access": "yes"}, Amenity.toilet | Amenity.fee),
        ({"amenity": "shower", "shower:fee": "5 CNY"}, Amenity.shower | Amenity.fee),
        (
            {"amenity": "toilets", "wheelchair": "yes", "female": "yes", "changing_table": "yes", "fee": "no"},
            Amenity.toilet | Amenity.wheelchair | Amenity.women | Amenity.baby_care,
        ),
    ],
)
def test_what_is_not_for_everybody_is_not_offered(tmp_path: Path, tags: dict[str, str], offered: Amenity) -> None:
    (line,) = overpass(tmp_path, element(name="A", **tags))
    assert line.station is not None and line.station.amenities == offered


@pytest.mark.parametrize("access", ["private", "no", "permit"])
def test_a_place_that_is_closed_to_the_public_is_refused(tmp_path: Path, access: str) -> None:
    (line,) = overpass(tmp_path, element(amenity="toilets", name="A", access=access))
    assert line.reason == f"access={access}: not open to everybody"


@pytest.mark.parametrize(
    ("tags", "denied"),
    [
        ({"amenity": "drinking_water", "drinking_water": "no"}, "drinking_water=no"),
        ({"amenity": "toilets", "toilets:access": "private"}, "toilets:access=private"),
    ],
)
def test_what_is_not_what_it_is_listed_as_is_refused(tmp_path: Path, tags: dict[str, str], denied: str) -> None:
    (line,) = overpass(tmp_path, element(name="A", **tags))
    assert line.reason == f"{denied}: nothing of it is for riders"


def test_who_may_use_it_outlives_an_export(tmp_path: Path) -> None:
    """In the columns that the contract lists."""
    offered = Amenity.toilet | Amenity.wheelchair | Amenity.fee | Amenity.customers_only
    out = io.BytesIO()
    writer = CsvWriter(out)
    writer.add(StationRow(id="a", name="A", latitude=37.0, longitude=116.0, amenities=int(offered)))
    writer.close()
    (line,) = read(tmp_path, out.getvalue().decode("utf-8-sig"))
    assert line.station is not None and line.station.amenities == offered


def test_a_price_stands_in_the_note(tmp_path: Path) -> None:
    (line,) = overpass(tmp_path, element(amenity="toilets", name="A", fee="yes", charge="1 CNY", description="x"))
    assert line.station is not None and line.station.note == "Fee: 1 CNY\nx"
    (line,) = overpass(tmp_path, element(amenity="toilets", name="A", fee="no"))
    assert line.station is not None and line.station.note == ""


def test_a_slip_in_the_hours_is_reported_once(tmp_path: Path) -> None:
    hours = '"Sa 11:30-16:00, 18:00-23:00, Su off"'
    text = f"id,name,latitude,longitude,opening_hours\na,A,37,116,{hours}\nb,B,37,116,{hours}\n"
    first, second = read(tmp_path, text)
    assert "a comma adds 'Su off' to the hours before it" in first.reason and second.reason == ""


async def test_an_id_in_another_case_changes_the_station_that_is_there(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("id,name,latitude,longitude\ns1,New,37,116\ns2,Other,37,116\n")
    async with database.writing() as session:
        await stations.add(session, Station("S1", "Old", 37.0, 116.0), NOON)
    heard: list[Line] = []
    found = await import_stations(database, file, Crs.WGS84, NOON, Hearers(heard.append), dry_run=False)
    assert (found.good, found.new, heard) == (2, 1, [])
    async with database.reading() as session:
        assert {row.id: row.name async for row in stations.all_rows(session)} == {"S1": "New", "s2": "Other"}
