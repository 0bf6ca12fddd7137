"""Station lists as files: CSV, and GeoJSON from OpenStreetMap. Reading checks every line and names those it refuses."""

from __future__ import annotations

import codecs
import csv
import io
import math
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import IO, NamedTuple

import orjson

from storage.csv_cells import harmless, plain
from storage.geodesy import Crs, is_place, to_wgs84
from storage.hours.hours_reading import MOST_HOLIDAYS, MOST_RULES, BadHours, TooDear, check_hours
from storage.stations.bounded_text import (
    LONGEST_FEATURE,
    LONGEST_RECORD,
    NotAFeatureCollection,
    Records,
    TooLong,
    features,
)
from storage.stations.osm import station_from_feature
from storage.stations.stations import Station, StationRow, amenities_from, amenity_names
from storage.written_text import one_line

COLUMNS = ("id", "name", "address", "latitude", "longitude", "opening_hours", "amenities", "phone", "note")
_LONGEST = {"id": 200, "name": 200, "address": 300, "opening_hours": 500, "phone": 60, "note": 1000}


class BadFile(ValueError):
    """The file as a whole can't be read; the text says why."""


class BadLine(ValueError):
    """One line can't be used; the text says why."""


class Line(NamedTuple):
    """A line of a file, read: a station, or the reason why not. `number` counts from 1, the header included."""

    number: int
    station: Station | None
    reason: str = ""


def read_stations(
    path: Path, crs: Crs, on_bytes: Callable[[int], None] = lambda _: None, limit: int | None = None
) -> Iterator[Line]:
    """Reads a file line by line; `on_bytes` hears how far it has come. `limit` is how many lines it may have.

    Raises:
        BadFile: see the class.
    """
    raw = _features(path, on_bytes) if path.suffix.lower() in (".geojson", ".json") else _records(path, on_bytes)
    seen: dict[str, int] = {}
    for count, (number, record) in enumerate(raw, start=1):
        if limit is not None and count > limit:
            raise BadFile(f"more than {limit} stations; import such a file on the command line")
        try:
            station = _checked(record, crs)
            if station.id in seen:
                raise BadLine(f"duplicate id {station.id!r}, first in line {seen[station.id]}")
        except BadLine as reason:
            yield Line(number, None, str(reason))
        else:
            seen[station.id] = number
            yield Line(number, station)


def _encoding_of(path: Path) -> str:
    """UTF-8 with or without BOM, else GB18030, as spreadsheets in China write it."""
    for encoding in ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with path.open("rb") as file:
                while chunk := file.read(1 << 20):
                    decoder.decode(chunk)
                decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise BadFile("the file is neither UTF-8 nor GB18030")


def _records(path: Path, on_bytes: Callable[[int], None]) -> Iterator[tuple[int, Mapping[str, str]]]:
    encoding = _encoding_of(path)
    with path.open("rb") as binary, io.TextIOWrapper(binary, encoding, newline="") as file:
        reader, start = Records(file), 1
        try:
            header = [name.strip().lower() for name in next(iter(reader), [])]
            missing = [name for name in ("id", "name", "latitude", "longitude") if name not in header]
            if missing:
                raise BadFile(f"the first line must name the columns; missing: {', '.join(missing)}")
            start = reader.line + 1
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield start, _record(header, cells)
                start = reader.line + 1
                if start % 1_000 == 0:
                    on_bytes(binary.tell())
        except csv.Error as error:
            raise BadFile(f"line {reader.line}: {error}") from error
        except TooLong:
            reason = f"longer than {LONGEST_RECORD >> 10} KiB; is a quotation mark never closed?"
            raise BadFile(f"line {start}: {reason}") from None


def _record(header: list[str], cells: list[str]) -> Mapping[str, str]:
    return {name: plain(cell.strip()) for name, cell in zip(header, cells, strict=False)}


def _features(path: Path, on_bytes: Callable[[int], None]) -> Iterator[tuple[int, Mapping[str, str]]]:
    try:
        for number, feature in enumerate(features(path), start=1):
            yield number, _feature_record(feature)
    except NotAFeatureCollection as error:
        raise BadFile("the file is not a GeoJSON FeatureCollection, or is truncated") from error
    on_bytes(path.stat().st_size)


def _feature_record(feature: bytes | None) -> Mapping[str, str]:
    if feature is None:
        return {"problem": f"longer than {LONGEST_FEATURE >> 10} KiB"}
    try:
        return station_from_feature(orjson.loads(feature))
    except orjson.JSONDecodeError:
        return {"problem": "no valid JSON"}


def _checked(record: Mapping[str, str], crs: Crs) -> Station:
    if "problem" in record:
        raise BadLine(record["problem"])
    for name, longest in _LONGEST.items():
        if len(record.get(name, "")) > longest:
            raise BadLine(f"{name} is longer than {longest} characters")
        if "\0" in record.get(name, ""):
            raise BadLine(f"{name} contains a NUL character")
    record = {name: one_line(text) for name, text in record.items()}
    for name in ("id", "name"):
        if not record.get(name):
            raise BadLine(f"missing {name}")
    latitude, longitude = _degrees(record, "latitude", 90), _degrees(record, "longitude", 180)
    latitude, longitude = to_wgs84(latitude, longitude, crs)
    if not is_place(latitude, longitude):
        raise BadLine("the place is off the earth after conversion")
    return Station(
        id=record["id"],
        name=record["name"],
        latitude=latitude,
        longitude=longitude,
        address=record.get("address", ""),
        opening_hours=_hours(record.get("opening_hours", "")),
        amenities=_amenities(record.get("amenities", "")),
        phone=record.get("phone", ""),
        note=record.get("note", ""),
    )


def _degrees(record: Mapping[str, str], name: str, limit: int) -> float:
    text = record.get(name, "")
    if not text:
        raise BadLine(f"missing {name}")
    try:
        degrees = float(text)
    except ValueError:
        raise BadLine(f"{name} {text!r} is not a number") from None
    if not math.isfinite(degrees) or abs(degrees) > limit:
        raise BadLine(f"{name} {text} out of range (-{limit} to {limit})")
    return degrees


def _hours(text: str) -> str:
    if text:
        try:
            check_hours(text)
        except TooDear:
            limits = f"{MOST_RULES} rules at most, {MOST_HOLIDAYS} of them with PH"
            raise BadLine(f"opening_hours {text!r} are too complicated: {limits}") from None
        except BadHours:
            raise BadLine(f"unparsable opening_hours {text!r}") from None
    return text


@lru_cache(maxsize=4_096)
def _amenities(text: str) -> int:
    try:
        return int(amenities_from(name.strip().lower() for name in text.split(";") if name.strip()))
    except KeyError as error:
        raise BadLine(f"unknown amenity {error.args[0]!r}") from None


class CsvWriter:
    """Writes stations as the contract's CSV (UTF-8 with BOM, so that spreadsheets show Chinese)."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = io.TextIOWrapper(file, "utf-8-sig", newline="", write_through=True)
        self._writer = csv.writer(self._file)
        self._writer.writerow(COLUMNS)

    def add(self, row: StationRow) -> None:
        self._writer.writerow([harmless(cell) if isinstance(cell, str) else cell for _, cell in _cells(row)])

    def close(self) -> None:
        self._file.flush()
        self._file.detach()


class GeoJsonWriter:
    """Writes stations as a GeoJSON FeatureCollection whose properties are the CSV's columns."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._file.write(b'{"type":"FeatureCollection","features":[')
        self._between = b"\n"

    def add(self, row: StationRow) -> None:
        properties: dict[str, object] = dict(_cells(row))
        place = [properties.pop("longitude"), properties.pop("latitude")]
        feature = {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": place},
            "properties": properties,
        }
        self._file.write(self._between + orjson.dumps(feature))
        self._between = b",\n"

    def close(self) -> None:
        self._file.write(b"\n]}\n")


def _cells(row: StationRow) -> Iterator[tuple[str, str | float]]:
    for name in COLUMNS:
        yield name, ";".join(amenity_names(row.amenities)) if name == "amenities" else getattr(row, name)
