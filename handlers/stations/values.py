"""A station's columns as the questions about them are answered, shown and kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from handlers.chat.talk import Talk
from handlers.inputs.place import Point
from handlers.stations.form import FIELDS
from storage.stations.stations import StationPatch, StationRow, amenities_from, amenity_names


def shown(talk: Talk, row: StationRow, name: str) -> str:
    """In words; "—" where nothing is known."""
    return FIELDS[name].input.show(talk, value_of(row, name)) or "—"


def value_of(row: StationRow, name: str) -> object:
    """As the question of this name is answered."""
    if name == "place":
        return Point(row.latitude, row.longitude)
    if name == "amenities":
        return tuple(amenity_names(row.amenities))
    value: object = getattr(row, name)
    return value


def patch_of(name: str, value: object) -> StationPatch:
    """What this answer changes; None takes the value away."""
    match value:
        case Point():
            return StationPatch(latitude=value.latitude, longitude=value.longitude)
        case None if name == "amenities":
            return StationPatch(amenities=0)
        case tuple():
            return StationPatch(amenities=int(amenities_from(value)))
        case _:
            return _TEXT_PATCHES[name](str(value or ""))


_TEXT_PATCHES: Mapping[str, Callable[[str], StationPatch]] = {
    "name": lambda text: StationPatch(name=text),
    "address": lambda text: StationPatch(address=text),
    "opening_hours": lambda text: StationPatch(opening_hours=text),
    "phone": lambda text: StationPatch(phone=text),
    "note": lambda text: StationPatch(note=text),
}
