"""Latitudes and longitudes in the forms in which people write them down."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import NamedTuple

from storage.geodesy import is_on_mainland

LONGEST = 60
"""Characters of a cell that can be a coordinate."""

_NUMBER = r"\d{1,2}(?:\.\d{1,20})?"
_DECIMAL = re.compile(r"([+-]?(?:\d{1,3}(?:\.\d{0,20})?|\.\d{1,20})(?:e[+-]?\d{1,2})?) ?[°度]?", re.IGNORECASE)
_SEXAGESIMAL = re.compile(rf"([+-]?)(\d{{1,3}}) ?[°度: ] ?({_NUMBER})(?: ?['分: ] ?({_NUMBER}))? ?['分]? ?[\"秒]?")
_COMMA = re.compile(r"[+-]?\d{1,3},\d{1,20}")
_SAME = str.maketrans("º˚′’‘´″”“−", "°°''''\"\"\"-")
_SIDES = {
    "n": ("latitude", 1),
    "s": ("latitude", -1),
    "北纬": ("latitude", 1),
    "南纬": ("latitude", -1),
    "e": ("longitude", 1),
    "w": ("longitude", -1),
    "东经": ("longitude", 1),
    "西经": ("longitude", -1),
}
_SIDE = re.compile(r"(北纬|南纬|东经|西经|[nsew])?[ :]*(.*?) ?([nsew])?", re.IGNORECASE)
_LIMITS = {"latitude": 90, "longitude": 180}
_APART = (re.compile(r"\s*[;/|、]\s*"), re.compile(r"\s*,\s*"), re.compile(r"\s+"))


class NoCoordinate(ValueError):
    """The text is no coordinate; it says why."""


class Degrees(NamedTuple):
    """`axis` is "latitude" or "longitude" where the text names it by N, S, E or W; else empty."""

    value: float
    axis: str


def read_degrees(text: str) -> Degrees:
    """Reads 37.43, 37,43, 37.43N, 北纬37.43度, 37°25'48"N and the like; not checked for range.

    Raises:
        NoCoordinate: see the class.
    """
    plain = " ".join(unicodedata.normalize("NFKC", text[: LONGEST + 1].translate(_SAME)).translate(_SAME).split())
    if plain.lower() in ("nan", "inf"):
        return Degrees(float(plain), "")  # out of every range
    found = _SIDE.fullmatch(plain.replace("''", '"'))
    if len(text) > LONGEST or found is None:
        raise NoCoordinate(f"{text[:LONGEST]!r} is not a number")
    before, digits, after = found.groups()
    side = (before or after or "").lower()
    axis, sign = _SIDES.get(side, ("", 1))
    value = _value(digits)
    if value is None or (before and after) or (side and value < 0):
        raise NoCoordinate(f"{text!r} is not a number")
    return Degrees(sign * value, axis)


def _value(digits: str) -> float | None:
    if _COMMA.fullmatch(digits):
        digits = digits.replace(",", ".")
    decimal = _DECIMAL.fullmatch(digits)
    if decimal is not None:
        return float(decimal[1])
    parts = _SEXAGESIMAL.fullmatch(digits)
    if parts is None:
        return None
    minutes, seconds = float(parts[3]), float(parts[4] or 0)
    if minutes >= 60 or seconds >= 60:
        return None
    value = int(parts[2]) + minutes / 60 + seconds / 3_600
    return -value if parts[1] == "-" else value


def read_pair(latitude: str, longitude: str) -> tuple[float, float]:
    """Degrees from two cells.

    Raises:
        NoCoordinate: one is no number, or out of range, or they look swapped.
    """
    found = {}
    for axis, text in (("latitude", latitude), ("longitude", longitude)):
        if not text:
            raise NoCoordinate(f"missing {axis}")
        try:
            found[axis] = read_degrees(text)
        except NoCoordinate as failure:
            raise NoCoordinate(f"{axis} {failure}") from None
    one, other = found["latitude"], found["longitude"]
    if _look_swapped(one, other):
        raise NoCoordinate(
            "latitude and longitude look swapped; `stations import --swap` on the command line swaps them"
        )
    for axis, degrees in found.items():
        if not abs(degrees.value) <= _LIMITS[axis]:
            raise NoCoordinate(f"{axis} {degrees.value:g} out of range (-{_LIMITS[axis]} to {_LIMITS[axis]})")
    return one.value, other.value


def _look_swapped(latitude: Degrees, longitude: Degrees) -> bool:
    if latitude.axis == "longitude" or longitude.axis == "latitude":
        return True
    return 90 < abs(latitude.value) <= 180 and abs(longitude.value) <= 90


def split_pair(text: str) -> tuple[str, str]:
    """The cells of a place that stands in one: "37.43,116.36", and "116.36,37.43" as Amap copies it.

    Where both are below 90 the order that lies in China is meant, else latitude first.

    Raises:
        NoCoordinate: it is not two coordinates.
    """
    plain = unicodedata.normalize("NFKC", text[: 2 * LONGEST]).strip().strip("()[]").strip()
    parts = next((parts for parts in (sign.split(plain) for sign in _APART) if len(parts) == 2 and all(parts)), None)
    if parts is None:
        raise NoCoordinate(f"{text[:LONGEST]!r} is not a latitude and a longitude")
    one, other = read_degrees(parts[0]), read_degrees(parts[1])
    return (parts[1], parts[0]) if _is_longitude_first(one, other) else (parts[0], parts[1])


def _is_longitude_first(one: Degrees, other: Degrees) -> bool:
    if one.axis or other.axis:
        return one.axis == "longitude" or other.axis == "latitude"
    if abs(one.value) > 90:
        return abs(other.value) <= 90
    if not math.isfinite(other.value) or abs(other.value) > 90:
        return False
    return is_on_mainland(other.value, one.value) and not is_on_mainland(one.value, other.value)
