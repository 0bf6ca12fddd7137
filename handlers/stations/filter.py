"""The filter panel under a list: what must be there, open all day, how far."""

from __future__ import annotations

from markupsafe import Markup

from handlers.chat.press import Button
from handlers.chat.talk import Talk
from handlers.i18n import translations
from handlers.stations import format as station_format
from handlers.stations import presses
from handlers.stations.list_page import RADII, Asked, filter_words
from storage.stations.ids import SearchId
from storage.stations.stations import Amenity

# The panel must stay one thumb wide: what riders ask for first, and the rest behind "all".
COMMON = (
    Amenity.water,
    Amenity.charging,
    Amenity.toilet,
    Amenity.rest,
    Amenity.battery_swap,
    Amenity.microwave,
    Amenity.shower,
    Amenity.meals,
)


async def open_filter(talk: Talk, search_id: SearchId, code: int) -> None:
    """Shows the panel in place of the list. Each press is the panel again, with one thing changed."""
    asked = Asked.of(-code - 1 if code < 0 else code)
    rows = []
    everything = code < 0 or bool(asked.amenities & ~sum(COMMON))
    offered = list(station_format.AMENITIES) if everything else list(COMMON)
    toggles = [_toggle(talk, search_id, asked, amenity, everything=everything) for amenity in offered]
    rows += [toggles[at : at + 2] for at in range(0, len(toggles), 2)]
    if not everything:
        rows.append(
            [presses.OPEN_FILTER.button(talk._("… all amenities"), search_id, panel_code(asked, everything=True))]
        )
    all_day = asked._replace(all_day=not asked.all_day)
    rows.append([_switch(talk._("open all day"), search_id, all_day, is_on=asked.all_day, everything=everything)])
    rows.append(
        [
            _switch(
                _radius_words(talk, step),
                search_id,
                asked._replace(radius=step),
                is_on=step == asked.radius,
                everything=everything,
            )
            for step in range(len(RADII))
        ]
    )
    rows.append([presses.TURN_PAGE.button(talk._("✔ Show"), search_id, asked.code, 0)])
    lines = [Markup("<b>{}</b>").format(talk._("What do you need?"))]
    if asked.code:
        lines.append(Markup("{}").format(filter_words(talk, asked)))
    talk.edit(Markup("\n").join(lines), rows)


def panel_code(asked: Asked, *, everything: bool) -> int:
    """The filter's number; negative while the panel shows all amenities."""
    return -asked.code - 1 if everything else asked.code


def _toggle(talk: Talk, search_id: SearchId, asked: Asked, amenity: Amenity, *, everything: bool) -> Button:
    sign, name = station_format.AMENITIES[amenity]
    changed = asked._replace(amenities=asked.amenities ^ amenity)
    return _switch(
        f"{sign} {talk._(name)}", search_id, changed, is_on=bool(asked.amenities & amenity), everything=everything
    )


def _switch(label: str, search_id: SearchId, changed: Asked, *, is_on: bool, everything: bool) -> Button:
    return presses.OPEN_FILTER.button(
        ("✅ " if is_on else "") + label, search_id, panel_code(changed, everything=everything)
    )


def _radius_words(talk: Talk, step: int) -> str:
    radius = RADII[step]
    return talk._("any distance") if radius is None else translations.distance(radius, talk.language)
