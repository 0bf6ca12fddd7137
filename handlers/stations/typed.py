"""What riders type instead of sending a location: the name of a station, or what they need."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from markupsafe import Markup

from handlers.chat import presses as chat_presses
from handlers.chat.events import Event
from handlers.chat.fallback import commands_meant, stray_text
from handlers.chat.routes import Routes
from handlers.chat.talk import Danger, Talk
from handlers.forms import forms
from handlers.stations import presses
from handlers.stations.addresses import ADDRESS, AddressDraft
from handlers.stations.answer import count_wanted, search_at
from handlers.stations.asked import Asked
from handlers.stations.page import show_station
from storage.people import people
from storage.plain_text import clean
from storage.stations import searches
from storage.stations.amenity_words import asked_for
from storage.stations.ids import NO_SEARCH, StationKey
from storage.stations.stations import Amenity

_LONGEST_NAME = 40
_OFFERED = 5
_STILL_THERE = timedelta(minutes=15)
"""So long after a search a rider is thought to be near that place."""


def register(routes: Routes) -> None:
    routes.event(Event.TEXT, partial(typed, routes), writes=False)
    routes.press(chat_presses.SEARCH_WANTED, wanted)
    routes.event(Event.WISH, partial(wish, routes))


async def typed(routes: Routes, talk: Talk) -> None:
    """A text that nothing else takes: stations whose name it is, or in whose name it stands."""
    name = clean(talk.text)
    rows = _named(talk, name) if 2 <= len(name) <= _LONGEST_NAME and talk.danger is Danger.NONE else []
    if not rows:
        await stray_text(talk, routes)
        return
    index = talk.context.directory.index
    if len(rows) > _OFFERED:
        said = Markup(talk._("Many stations have “{name}” in their name. Type more of it, or send your location."))
        talk.say(said.format(name=name), commands_meant(talk, routes) or None)
        return
    if len(rows) == 1:
        await show_station(talk, StationKey(int(index.keys[rows[0]])))
        return
    buttons = [[presses.PAGE.button(index.names[row], NO_SEARCH, StationKey(int(index.keys[row])))] for row in rows]
    talk.say(talk._("Which of these stations do you mean?"), buttons + commands_meant(talk, routes))


def _named(talk: Talk, name: str) -> list[int]:
    return talk.context.directory.index.names.named(name, _OFFERED + 1)


async def wanted(talk: Talk, amenities: int) -> None:
    """The same by a button of another feature."""
    await _search_wanted(talk, amenities & sum(Amenity))


async def wish(routes: Routes, talk: Talk) -> None:
    """ "Where can I charge?": near where the rider searched just now or, else, in their own area; if neither is known,
    they are asked where they are."""
    if talk.danger is not Danger.NONE:
        await stray_text(talk, routes)
        return
    await _search_wanted(talk, asked_for(talk.text))


async def _search_wanted(talk: Talk, amenities: int) -> None:
    asked = Asked(amenities=amenities)
    await count_wanted(talk, asked.amenities)
    latest = await searches.latest(talk.session, talk.person.id, talk.now)
    if latest is not None and talk.now - latest.at <= _STILL_THERE:
        search_at(talk, latest.latitude, latest.longitude, asked)
        return
    home = await people.home_of(talk.session, talk.person.id)
    if home is not None:
        search_at(talk, *home, asked._replace(around_home=True))
    else:
        await forms.begin(talk, ADDRESS, AddressDraft(wanted=asked.code))
