"""The fields of a station as a form: shown as text, and read as the answers to /station_add are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.web.pages.map_data import drawn
from bot.web.turned_away import Turned, Why
from bot.web.visits import Visit
from handlers.forms.questions import NotAnAnswer
from handlers.i18n.translations import N_
from handlers.inputs.place import Point, checked_point
from handlers.stations import format as station_format
from handlers.stations.form import FIELDS, typed_point
from storage.geodesy import Crs, is_place, to_wgs84
from storage.plain_text import clean
from storage.stations.stations import Amenity, StationRow, amenity_names

REQUIRED = ("place", "name")
LONG = ("note",)
EMPTY: Mapping[str, str] = dict.fromkeys(FIELDS, "")
_NO_PLACE = N_("Move the pin, or write the coordinates like 37.43, 116.36")


def texts_of(row: StationRow) -> Mapping[str, str]:
    """What stands in the fields at first; amenities by their names."""
    known = {name: str(getattr(row, name)) for name in FIELDS if name not in ("place", "amenities")}
    place, amenities = f"{row.latitude:.6f}, {row.longitude:.6f}", " ".join(amenity_names(row.amenities))
    return {"place": place, **known, "amenities": amenities}


def typed(visit: Visit) -> Mapping[str, str]:
    """What was sent, as `texts_of` has it. Raises Turned."""
    ticked = visit.form.get("amenities", [])
    if not set(ticked) <= set(Amenity.__members__):
        raise Turned(Why.ODD)
    sent = {name: visit.field(name).replace("\r\n", "\n") for name in FIELDS}
    return {**sent, "amenities": " ".join(name for name in Amenity.__members__ if name in ticked)}


def before(visit: Visit) -> Mapping[str, str]:
    """What stood in the fields when the page was made: what others have changed meanwhile stays."""
    return {name: visit.field(f"was-{name}").replace("\r\n", "\n") for name in FIELDS}


def overtaken(visit: Visit, row: StationRow) -> Mapping[str, str]:
    """What stands now in the fields that are to be changed, but somebody else has changed since, to something else."""
    now, was, sent = texts_of(row), before(visit), typed(visit)
    return {name: now[name] for name in FIELDS if len({now[name], was[name], sent[name]}) == 3}


def is_drawn(visit: Visit) -> bool:
    """Whether the place is in degrees of the map, which may be shifted."""
    return visit.field("drawn") == "1"


def pin(visit: Visit, text: str, *, is_drawn: bool) -> tuple[float, float] | None:
    """Longitude and latitude on the map of the place that was typed; None if it is none."""
    found = typed_point(clean(text))
    if found is None or not is_place(*found):
        return None
    return drawn(*found, shifts=Crs(visit.site.map.crs) is not Crs.WGS84 and not is_drawn)


async def read_all(
    visit: Visit, sent: Mapping[str, str], names: Sequence[str]
) -> tuple[Mapping[str, object], Mapping[str, str]]:
    """The values of these fields (None for one that is empty), and a sentence for each that is no answer."""
    values: dict[str, object] = {}
    faults: dict[str, str] = {}
    for name in names:
        try:
            values[name] = await _read(visit, name, sent[name])
        except NotAnAnswer as fault:
            faults[name] = str(fault)
    return values, faults


async def _read(visit: Visit, name: str, text: str) -> object:
    if name == "place":
        return _point(visit, text)
    if name == "amenities":
        return tuple(text.split())
    if not clean(text) and name not in REQUIRED:
        return None
    value: object = await FIELDS[name].input.read(visit.saying(text))
    return value


def _point(visit: Visit, text: str) -> Point:
    found = typed_point(clean(text))
    if found is None:
        raise NotAnAnswer(visit._(_NO_PLACE))
    if is_drawn(visit):
        found = to_wgs84(*found, Crs(visit.site.map.crs))
    return checked_point(visit.talk, *found)


def fields_of(visit: Visit, texts: Mapping[str, str], was: Mapping[str, str], faults: Mapping[str, str]) -> Any:
    """What the template shows."""
    talk = visit.talk
    return {
        "texts": texts,
        "was": was,
        "faults": faults,
        "titles": {name: field.title_for(talk) for name, field in FIELDS.items()},
        "required": REQUIRED,
        "long": LONG,
        "ticked": texts["amenities"].split(),
        "amenities": [(one.name, sign, visit._(name)) for one, (sign, name) in station_format.AMENITIES.items()],
    }
