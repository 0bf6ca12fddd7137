"""A list of new stations as people paste it: a line each, with a name, a place in degrees, and perhaps an address.

Whatever separates them is taken: blanks, commas, tabs or semicolons, as they come from a spreadsheet or a message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from storage.geodesy import Crs, is_place, to_wgs84
from storage.plain_text import clean
from storage.stations.coordinates import NoCoordinate, read_pair, split_pair

MOST_LINES = 100
LONGEST_LINE, LONGEST_NAME, LONGEST_ADDRESS = 600, 200, 300
_BETWEEN = r"[\s,;|，；、]+"
_DEGREES = r"[+-]?\d{1,3}\.\d{1,12}"
_LINE = re.compile(
    rf"(?:(?P<name>.*?){_BETWEEN})?(?P<place>{_DEGREES}{_BETWEEN}{_DEGREES})(?:{_BETWEEN}(?P<address>.*))?"
)
_EDGES = " \t,;|，；、\"'"


class PastedLine(NamedTuple):
    """`number` counts from 1, with empty lines. With a `fault` there is no station in it: "place" or "name"."""

    number: int
    name: str
    latitude: float = 0.0
    longitude: float = 0.0
    address: str = ""
    fault: str = ""


def read_pasted(text: str, crs: Crs) -> Iterator[PastedLine]:
    """The lines that are not empty; places become WGS-84."""
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            yield _read(number, line, crs)


def _read(number: int, line: str, crs: Crs) -> PastedLine:
    found = _LINE.fullmatch(line.strip()) if len(line) <= LONGEST_LINE else None
    if found is None:
        return PastedLine(number, clean(line[:LONGEST_LINE])[:LONGEST_NAME], fault="place")
    name, address = (clean((found[part] or "").strip(_EDGES)) for part in ("name", "address"))
    try:
        one, other = re.split(_BETWEEN, found["place"])
        place = to_wgs84(*read_pair(*split_pair(f"{one}, {other}")), crs)
    except (NoCoordinate, ValueError):
        return PastedLine(number, name[:LONGEST_NAME], fault="place")
    if not is_place(*place):
        return PastedLine(number, name[:LONGEST_NAME], fault="place")
    if not name or len(name) > LONGEST_NAME:
        return PastedLine(number, name[:LONGEST_NAME], fault="name")
    return PastedLine(number, name, *place, address[:LONGEST_ADDRESS])
