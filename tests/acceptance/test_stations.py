"""The search in memory and the lists that stations come from."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from geopy.distance import geodesic

from storage.database import Database
from storage.geodesy import Crs, geodesics
from storage.hours.opening_hours import HoursBook, State
from storage.stations import stations
from storage.stations.files import read_stations
from storage.stations.index import StationIndex, Wanted
from storage.stations.reports import LiveBoard
from storage.stations.stations import Amenity, Station

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai, a Tuesday
ZONE = ZoneInfo("Asia/Shanghai")


async def index_of(database: Database, rows: list[Station]) -> StationIndex:
    async with database.writing() as session:
        await stations.put_all(session, rows, NOON)
    async with database.reading() as session:
        return await StationIndex.load(stations.pages_for_index(session, size=100), HoursBook(ZONE, "CN"))


def names(index: StationIndex, latitude: float, longitude: float, wanted: Wanted | None = None) -> list[str]:
    board = LiveBoard(len(index))
    found = index.nearest(latitude, longitude, wanted or Wanted(), NOON, board, 5)
    return [index.names[one.row] for one in found]


async def test_the_list_is_that_of_brute_force_everywhere_on_earth(database: Database) -> None:
    random = np.random.default_rng(7)
    places = [(float(random.uniform(-90, 90)), float(random.uniform(-180, 180))) for _ in range(400)]
    places += [(89.9, 0.0), (89.9, 179.0), (-90.0, 0.0), (0.0, 179.99), (0.0, -179.99), (37.43, 116.36)]
    index = await index_of(database, [Station(str(n), str(n), *place) for n, place in enumerate(places)])
    for here in [(90.0, 0.0), (-89.99, 50.0), (0.01, -180.0), (0.0, 180.0), (37.4, 116.3), (51.0, -179.9)]:
        brute = sorted(geodesic(here, place).meters for place in places)[:5]
        found = [geodesic(here, places[int(name)]).meters for name in names(index, *here)]
        assert found == pytest.approx(brute, abs=0.001)


async def test_distances_agree_with_geopy_within_a_metre() -> None:
    random = np.random.default_rng(3)
    latitudes, longitudes = random.uniform(-90, 90, 200), random.uniform(-180, 180, 200)
    metres = geodesics(37.43, 116.36, latitudes, longitudes)
    for latitude, longitude, measured in zip(latitudes, longitudes, metres, strict=True):
        assert abs(geodesic((37.43, 116.36), (latitude, longitude)).meters - measured) < 1


async def test_open_ones_come_first_and_a_much_nearer_closed_one_is_shown(database: Database) -> None:
    index = await index_of(
        database,
        [
            Station("near", "closed, near", 37.431, 116.36, opening_hours="20:00-22:00"),
            Station("far", "open, far", 37.48, 116.36, opening_hours="08:00-22:00"),
            Station("beside", "closed, beside the open one", 37.478, 116.36, opening_hours="20:00-22:00"),
        ],
    )
    assert names(index, 37.43, 116.36) == ["open, far", "closed, near"]


async def test_filters_ask_for_all_amenities(database: Database) -> None:
    index = await index_of(
        database,
        [
            Station("a", "water", 37.43, 116.36, amenities=int(Amenity.water)),
            Station("b", "both", 37.44, 116.36, amenities=int(Amenity.water | Amenity.charging), opening_hours="24/7"),
        ],
    )
    assert names(index, 37.43, 116.36, Wanted(int(Amenity.water | Amenity.charging))) == ["both"]
    assert names(index, 37.43, 116.36, Wanted(all_day=True)) == ["both"]
    assert names(index, 37.43, 116.36, Wanted(radius=500.0)) == ["water"]


@pytest.mark.parametrize(
    ("expression", "moment", "state"),
    [
        ("22:00-02:00", "2026-11-24 23:30", State.OPEN),
        ("Fr 22:00-02:00", "2026-11-28 01:00", State.OPEN),
        ("22:00-02:00", "2026-11-24 12:00", State.CLOSED),
        ("24/7", "2026-11-24 03:00", State.OPEN),
        ("Mo-Fr 08:00-18:00; PH off", "2026-10-02 10:00", State.CLOSED),
        ("Mo-Fr 08:00-18:00; PH off", "2026-10-09 10:00", State.OPEN),
        ("PH,Su 10:00-12:00", "2026-10-02 11:00", State.OPEN),
        ("PH,Su 10:00-12:00", "2026-10-09 11:00", State.CLOSED),
        ("", "2026-11-24 12:00", State.UNKNOWN),
    ],
)
def test_opening_hours(expression: str, moment: str, state: State) -> None:
    book = HoursBook(ZONE, "CN")
    now = datetime.fromisoformat(moment).replace(tzinfo=ZONE)
    assert book.hours(book.number(expression), now).state is state


HEADER = "id,name,address,latitude,longitude,opening_hours,amenities,phone,note\n"
LINES = [
    "1,好站,德州,37.4,116.3,08:00-22:00,water;rest,123,",
    "2,,德州,37.4,116.3,,,,",
    "3,Off the earth,,97.4,116.3,,,,",
    "4,Bad hours,,37.4,116.3,whenever,,,",
    "5,Bad amenity,,37.4,116.3,,pool,,",
    "1,Again,,37.4,116.3,,,,",
    "6,NaN,,nan,116.3,,,,",
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_refused_lines_are_named_and_good_ones_kept(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "stations.csv"
    file.write_bytes((HEADER + "\n".join(LINES)).encode(encoding))
    lines = list(read_stations(file, Crs.WGS84))
    assert [line.station.name for line in lines if line.station] == ["好站"]
    assert [(line.number, line.reason.split("'")[0].strip()) for line in lines if not line.station] == [
        (3, "missing name"),
        (4, "latitude 97.4 out of range (-90 to 90)"),
        (5, "unparsable opening_hours"),
        (6, "unknown amenity"),
        (7, "duplicate id"),
        (8, "latitude nan out of range (-90 to 90)"),
    ]


def test_gcj02_is_brought_to_where_the_station_stands(tmp_path: Path) -> None:
    file = tmp_path / "stations.csv"
    file.write_text(HEADER + "1,站,,37.43,116.36,,,,\n", "utf-8")
    (line,) = read_stations(file, Crs.GCJ02)
    assert line.station is not None
    moved = geodesic((37.43, 116.36), (line.station.latitude, line.station.longitude)).meters
    assert 400 < moved < 700


async def test_a_second_import_changes_and_never_doubles(database: Database) -> None:
    await index_of(database, [Station("a", "old", 37.0, 116.0)])
    index = await index_of(database, [Station("a", "new", 37.0, 116.0), Station("b", "other", 38.0, 116.0)])
    assert names(index, 37.0, 116.0) == ["new", "other"]
