"""The filter panel under a list: what must be there, open all day, how far."""

from __future__ import annotations

from markupsafe import Markup

from handlers.chat.press import Button
from handlers.chat.rows import is_short, packed
from handlers.chat.talk import Talk
from handlers.i18n import translations
from handlers.stations import format as station_format
from handlers.stations import presses
from handlers.stations.asked import RADII, REACH, Asked, filter_words
from storage.stations.ids import SearchId
from storage.stations.stations import Amenity

# The panel must stay within a phone's screen: what riders ask for first, and the rest behind "all".
COMMON = (Amenity.water, Amenity.charging, Amenity.toilet, Amenity.rest, Amenity.battery_swap, Amenity.meals)
_COLUMNS = 2


async def open_filter(talk: Talk, search_id: SearchId, code: int) -> None:
    """Shows the panel in place of the list. What is pressed there is the list at once: most want one thing, and whoever
    wants two opens the panel again."""
    everything = code < 0
    asked = Asked.of(-code - 1 if everything else code)
    offered = list(station_format.WANTED) if everything else _short(asked)
    toggles = [_toggle(talk, search_id, asked, amenity) for amenity in offered]
    rows = packed(sorted(toggles, key=is_short, reverse=True), 3) if everything else packed(toggles, _COLUMNS)
    label = talk._("◀ Short list") if everything else talk._("… all amenities")
    other = presses.OPEN_FILTER.button(label, search_id, panel_code(asked, everything=not everything))
    if everything:
        rows.append([other])
    else:
        all_day = asked._replace(all_day=not asked.all_day)
        rows.append([other, _switch(talk._("open all day"), search_id, all_day, is_on=asked.all_day)])
        radii = [_radius(talk, search_id, asked, step) for step in range(len(RADII))]
        rows += [radii[at : at + _COLUMNS] for at in range(0, len(radii), _COLUMNS)]
    last = [presses.TURN_PAGE.button(talk._("◀ Back"), search_id, asked.code, 0)]
    if asked.is_narrowed:
        last.append(presses.TURN_PAGE.button(talk._("✖ Clear the filter"), search_id, asked.cleared.code, 0))
    lines = [Markup("<b>{}</b>").format(talk._("What do you need?"))]
    if asked.is_narrowed:
        lines.append(Markup("{}").format(filter_words(talk.view, asked)))
    talk.edit(Markup("\n").join(lines), [*rows, last])


def _short(asked: Asked) -> list[Amenity]:
    """What riders ask for first, and whatever else this one has chosen."""
    return [*COMMON, *(one for one in station_format.WANTED if asked.amenities & one and one not in COMMON)]


def panel_code(asked: Asked, *, everything: bool) -> int:
    """The filter's number; negative while the panel shows all amenities."""
    return -asked.code - 1 if everything else asked.code


def _toggle(talk: Talk, search_id: SearchId, asked: Asked, amenity: Amenity) -> Button:
    sign, name = station_format.AMENITIES[amenity]
    is_on = bool(asked.amenities & amenity)
    changed = asked._replace(amenities=asked.amenities ^ amenity)
    return presses.TURN_PAGE.button(f"{'✅' if is_on else sign} {talk._(name)}", search_id, changed.code, 0)


def _switch(label: str, search_id: SearchId, changed: Asked, *, is_on: bool) -> Button:
    return presses.TURN_PAGE.button(("✅ " if is_on else "") + label, search_id, changed.code, 0)


def _radius(talk: Talk, search_id: SearchId, asked: Asked, step: int) -> Button:
    label = translations.distance(RADII[step] or REACH, talk.language)
    return _switch(label, search_id, asked._replace(radius=step), is_on=step == asked.radius)
