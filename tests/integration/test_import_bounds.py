"""Files of stations are read in bounded memory, and apart from the event loop."""

from __future__ import annotations

import asyncio
import threading
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from storage.database import Database
from storage.geodesy import Crs
from storage.sheets.records import LONGEST_RECORD
from storage.sheets.tables import BadFile
from storage.stations import importing as station_importing
from storage.stations.bounded_text import LONGEST_FEATURE
from storage.stations.files import Line, read_stations
from storage.stations.importing import Hearers, import_stations
from storage.stations.stations import Station
from tests.support.simulator import NOON

HEADER = "id,name,latitude,longitude,note\n"


def read(path: Path, text: str | bytes, limit: int | None = None) -> list[Line]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return list(read_stations(path, Crs.WGS84, limit=limit))


def feature(station_id: str, **properties: object) -> str:
    geometry = {"type": "Point", "coordinates": [116.3, 37.4]}
    whole = {"type": "Feature", "id": station_id, "geometry": geometry, "properties": {"name": "站", **properties}}
    return orjson.dumps(whole).decode()


def test_a_nul_is_left_out(tmp_path: Path) -> None:
    lines = read(tmp_path / "a.csv", HEADER + "a,A,37,116,\nb,B\0,37,116,\nc,C,37,116,\n")
    assert [line.station and line.station.name for line in lines] == ["A", "B", "C"]
    (first, second) = read(tmp_path / "a.json", f'{{"features":[{feature("a")},{feature("b", description=chr(0))}]}}')
    assert first.station is not None and second.station is not None and second.station.note == ""


def test_a_quote_that_is_never_closed_names_its_line(tmp_path: Path) -> None:
    text = HEADER + 'a,A,37,116,\nb,"B,37,116,\n' + "".join(f"{n},C,37,116,\n" for n in range(LONGEST_RECORD // 8))
    lines = read(tmp_path / "a.csv", text)
    assert [line.number for line in lines if line.station is None] == [3]
    assert len(lines) == 2 + LONGEST_RECORD // 8


def test_there_is_a_limit_of_lines(tmp_path: Path) -> None:
    text = HEADER + "".join(f"{n},A,37,116,\n" for n in range(4))
    assert len(read(tmp_path / "a.csv", text, limit=4)) == 4
    with pytest.raises(BadFile, match="more than 3 stations"):
        read(tmp_path / "a.csv", text, limit=3)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{"features":[', "]}"),
        ('{ "type" : "features", "crs": {"features": [1, {"x": "]}"}]}, "features" :\n[ ', ' ] , "more": [{}]}'),
        ("\ufeff" + '{"name": "a \\" { [", "features":[', "]}"),
    ],
)
def test_features_are_found_wherever_they_stand(tmp_path: Path, before: str, after: str) -> None:
    odd = feature("b", description='"}],{[\\')
    lines = read(tmp_path / "a.geojson", before + ",\n ".join([feature("a"), odd, feature("c")]) + after)
    assert [line.station and line.station.id for line in lines] == ["a", "b", "c"]
    assert lines[1].station is not None and lines[1].station.note == '"}],{[\\'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "{",
        '"features"',
        '{"features":{}}',
        '{"x":"features","y":[{}]}',
        '{"features":[{}',
        "]" * 9,
        '{"features":[{},7]}',
        '{"features":["x"]}',
        '{"features":[{"a":"]}',
        '{"features":[{}}]}',
    ],
)
def test_what_is_no_whole_collection_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadFile, match="not a GeoJSON FeatureCollection"):
        read(tmp_path / "a.geojson", text)


def test_a_feature_that_is_too_long_or_broken_is_refused_by_itself(tmp_path: Path) -> None:
    long = feature("b", description="x" * LONGEST_FEATURE)
    lines = read(tmp_path / "a.geojson", f'{{"features":[{feature("a")},{long},{{"id":}},{feature("c")}]}}')
    assert [line.reason for line in lines] == ["", "longer than 512 KiB", "not valid JSON", ""]


@pytest.mark.parametrize("kind", ["geojson", "csv", "commas", "one long text"])
def test_the_memory_holds_one_record_at_a_time(tmp_path: Path, kind: str) -> None:
    """19 MB took 1.1 GB. A third of that shows it as well, and traced allocations take their time."""
    file, size = tmp_path / ("a.csv" if kind in ("csv", "commas") else "a.geojson"), 6 << 20
    text = {
        "geojson": '{"features":[' + ",".join([feature("a", description="x" * 900)] * (size // 1_000)) + "]}",
        "csv": HEADER + ("a,A,37,116," + "x" * 900 + "\n") * (size // 1_000),
        "commas": HEADER + "," * size,
        "one long text": '{"features":["' + "\\n" * (size // 2),
    }[kind]
    file.write_bytes(text.encode())
    del text
    tracemalloc.start()
    try:
        for _ in read_stations(file, Crs.WGS84):
            pass
    except BadFile:
        assert kind in ("commas", "one long text")
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 4 << 20 if kind != "one long text" else peak < 8 << 20


async def test_the_file_is_read_in_a_thread(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*_: object, **__: object) -> Iterator[Line]:
        """A file whose first line is there once the loop has turned."""
        assert turned.wait(10), "the loop stood still"
        yield Line(2, Station("a", "A", 37.0, 116.0))

    turned = threading.Event()
    monkeypatch.setattr(station_importing, "read_stations", slow)
    work = import_stations(database, tmp_path, Crs.WGS84, NOON, Hearers(lambda _: None), dry_run=True)
    asyncio.get_running_loop().call_later(0.01, turned.set)
    assert (await work).good == 1
