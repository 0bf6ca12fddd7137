"""Station lists as files: tables, and GeoJSON or Overpass JSON from OpenStreetMap. Reading checks every line and names
those it refuses."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, NamedTuple

import orjson

from storage.geodesy import Crs, is_place, to_wgs84
from storage.hours.hours_reading import MOST_HOLIDAYS, MOST_RULES, TooDear
from storage.hours.parsed_hours import BadHours
from storage.hours.written_hours import in_osm_syntax, slip_in
from storage.plain_text import clean, clean_code, clean_paragraph
from storage.sheets.tables import PROBLEM, BadFile, Raw, records
from storage.spreadsheet_cells import escaped
from storage.stations.amenity_words import UnknownAmenity, read_amenities
from storage.stations.bounded_text import LONGEST_FEATURE, NotAFeatureCollection, features
from storage.stations.columns import PLACE, STATIONS
from storage.stations.coordinates import NoCoordinate, read_pair, split_pair
from storage.stations.osm import station_from_feature
from storage.stations.stations import Station, StationRow, amenity_names

COLUMNS = ("id", "name", "address", "latitude", "longitude", "opening_hours", "amenities", "phone", "note")
JSON_ENDINGS = (".geojson", ".json")
_LONGEST = {"id": 200, "name": 200, "address": 300, "opening_hours": 500, "phone": 60, "note": 1000}
_ROUNDED = re.compile(r"[+-]?\d[.,]?\d*[eE]\+\d+")
"""A long number as a spreadsheet shows it; its last digits are lost."""
_MOST_REMARKS = 1_000
"""Readings of hours that are told of one file, each once."""


class BadLine(ValueError):
    """One line can't be used; the text says why."""


class Line(NamedTuple):
    """A line of a file, read: a station, or the reason why not. `number` counts from 1, the header included. With a
    station, the reason is a remark on what was made of the line; `hours_written` are its hours if they were read as
    others than are written there."""

    number: int
    station: Station | None
    reason: str = ""
    hours_written: str = ""


def station_key(station_id: str) -> str:
    """What two spellings of one id have in common: "S1" and "s1 "."""
    return unicodedata.normalize("NFKC", clean(station_id)).casefold()


def read_stations(
    path: Path,
    crs: Crs,
    on_bytes: Callable[[int], None] = lambda _: None,
    limit: int | None = None,
    *,
    is_swapped: bool = False,
) -> Iterator[Line]:
    """Reads a file line by line; `on_bytes` hears how far it has come. `limit` is how many lines it may have,
    `is_swapped` says that its latitudes are longitudes.

    Raises:
        BadFile: see the class.
    """
    raw = _features(path, on_bytes) if path.suffix.lower() in JSON_ENDINGS else records(path, STATIONS, on_bytes)
    seen: dict[str, int] = {}
    remarked: set[str] = set()
    for count, (number, record) in enumerate(raw, start=1):
        if limit is not None and count > limit:
            raise BadFile(f"more than {limit} stations; import such a file on the command line")
        try:
            station = _checked(record, crs, is_swapped=is_swapped)
            key = station_key(station.id)
            if key in seen:
                raise BadLine(f"duplicate id {station.id!r}, first in line {seen[key]}")
        except BadLine as reason:
            yield Line(number, None, str(reason))
        else:
            seen[key] = number
            yield _remarked(number, record, station, remarked)


def _remarked(number: int, record: Mapping[str, str], station: Station, remarked: set[str]) -> Line:
    """With what was made of the hours and the phone, where that is not what was written."""
    hours, phone = record.get("opening_hours", "").strip(), record.get("phone", "").strip()
    remarks, hours_written = [], ""
    if hours not in remarked and len(remarked) < _MOST_REMARKS:
        if hours != station.opening_hours:
            hours_written = hours
        if slip := slip_in(station.opening_hours):
            remarks.append(f"opening_hours {hours!r}: a comma adds {slip!r} to the hours before it; use “;” instead")
        if remarks or hours_written:
            remarked.add(hours)
    if phone and not station.phone:
        remarks.append(f"phone {phone!r} was rounded by a spreadsheet and is left empty")
    return Line(number, station, "; ".join(remarks), hours_written)


def _features(path: Path, on_bytes: Callable[[int], None]) -> Raw:
    try:
        for number, feature in enumerate(features(path), start=1):
            if record := _feature_record(feature):
                yield number, record
    except NotAFeatureCollection as error:
        raise BadFile("the file is not a GeoJSON FeatureCollection or Overpass JSON, or is truncated") from error
    on_bytes(path.stat().st_size)


def _feature_record(feature: bytes | None) -> Mapping[str, str]:
    if feature is None:
        return {PROBLEM: f"longer than {LONGEST_FEATURE >> 10} KiB"}
    try:
        return station_from_feature(orjson.loads(feature))
    except orjson.JSONDecodeError:
        return {PROBLEM: "not valid JSON"}


def _checked(record: Mapping[str, str], crs: Crs, *, is_swapped: bool) -> Station:
    if PROBLEM in record:
        raise BadLine(record[PROBLEM])
    cells = {name: clean_paragraph(cell) if name == "note" else clean(cell) for name, cell in record.items()}
    for name, longest in _LONGEST.items():
        if len(cells.get(name, "")) > longest:
            raise BadLine(f"{name} is longer than {longest} characters")
    for name in ("id", "name"):
        if not cells.get(name):
            raise BadLine(f"missing {name}")
    if _ROUNDED.fullmatch(cells["id"]):
        raise BadLine(f"id {cells['id']!r} was rounded by a spreadsheet; format the column as text")
    latitude, longitude = _place(cells, crs, is_swapped=is_swapped)
    return Station(
        id=cells["id"],
        name=cells["name"],
        latitude=latitude,
        longitude=longitude,
        address=cells.get("address", ""),
        opening_hours=_hours(cells.get("opening_hours", "")),
        amenities=_amenities(record.get("amenities", "")),
        phone=_phone(cells.get("phone", "")),
        note=cells.get("note", ""),
    )


def _place(cells: Mapping[str, str], crs: Crs, *, is_swapped: bool) -> tuple[float, float]:
    """Degrees in WGS-84."""
    latitude, longitude = cells.get("latitude", ""), cells.get("longitude", "")
    try:
        if not latitude and not longitude and PLACE in cells:
            latitude, longitude = split_pair(cells[PLACE])
        if is_swapped:
            latitude, longitude = longitude, latitude
        place = to_wgs84(*read_pair(latitude, longitude), crs)
    except NoCoordinate as failure:
        raise BadLine(str(failure)) from None
    if not is_place(*place):
        raise BadLine("the converted coordinates are not on Earth")
    return place


def _phone(text: str) -> str:
    """A number as it is dialled: spreadsheets turn one into 13800138000.0, or lose its digits."""
    plain = clean_code(text)
    if _ROUNDED.fullmatch(plain):
        return ""
    whole = re.fullmatch(r"(\d{5,20})\.0{1,2}", plain)
    return whole[1] if whole else text


def _hours(text: str) -> str:
    if not text:
        return ""
    try:
        return in_osm_syntax(text)
    except TooDear:
        limits = f"{MOST_RULES} rules at most, {MOST_HOLIDAYS} of them with PH"
        raise BadLine(f"opening_hours {text!r} are too complicated: {limits}") from None
    except BadHours:
        raise BadLine(f"unparsable opening_hours {text!r}") from None


def _amenities(text: str) -> int:
    try:
        return int(read_amenities(text))
    except UnknownAmenity as unknown:
        raise BadLine(f"unknown amenity {str(unknown)!r}") from None


class CsvWriter:
    """Writes stations as the contract's CSV (UTF-8 with BOM, so that spreadsheets show Chinese)."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = io.TextIOWrapper(file, "utf-8-sig", newline="", write_through=True)
        self._writer = csv.writer(self._file)
        self._writer.writerow(COLUMNS)

    def add(self, row: StationRow) -> None:
        self._writer.writerow([escaped(cell) if isinstance(cell, str) else cell for _, cell in _cells(row)])

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
