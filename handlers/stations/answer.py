"""Answering a search: the list, and last the pin: the first station as a venue."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial

from handlers.chat.incoming import Json
from handlers.chat.press import Buttons
from handlers.chat.replies import Venue
from handlers.chat.talk import StatelessTalk, Talk
from handlers.chat.view import View
from handlers.i18n import translations
from handlers.stations import format as station_format
from handlers.stations import maps, presses
from handlers.stations.asked import Asked
from handlers.stations.list_page import list_page
from storage.database import Database
from storage.deliveries.corrections import recall
from storage.stations import searches
from storage.stations.ids import SearchId
from storage.stations.index import Found
from storage.stations.searches import Search
from storage.stations.stations import WHO_MAY_USE, amenity_names
from storage.statistics import searches as search_statistics
from storage.statistics.searches import AMENITY, Seen
from storage.telegram_ids import MessageId, PersonId

_LONGEST_ADDRESS = 250
"""Characters of the second line of a pin."""


def search_at(talk: StatelessTalk, latitude: float, longitude: float, asked: Asked) -> None:
    """A search at a place that did not come as a location message."""
    search = Search(SearchId(talk.key), talk.person.id, talk.now, latitude, longitude, wanted=asked.code)
    talk.append(search)
    answer_search(talk, search)


def answer_search(talk: StatelessTalk, search: Search, *, follows: bool = False) -> None:
    """Sends the list for a search that is kept in this transaction. `follows`: the list will follow the location."""
    asked, view = Asked.of(search.wanted), talk.view
    shown = list_page(view, search, asked, follows=follows)
    after = partial(_remember_list, talk.context.database, search.id) if follows else None
    talk.say(shown.text, shown.buttons, after=after)
    if shown.stations:
        send_pin(talk, search, shown.stations[0], asked, follows=follows)


async def _remember_list(database: Database, search_id: SearchId, sent: Json) -> None:
    async with database.writing() as session:
        await searches.listed(session, search_id, MessageId(sent["message_id"]))


def send_pin(
    talk: StatelessTalk, search: Search, found: Found, asked: Asked, number: int | None = None, *, follows: bool = False
) -> None:
    """The station as a venue, with the ways to it and to its page; with its `number` in the list, if it is one of
    several. One that `follows` a live location takes the place of the last one."""
    venue, buttons = pin(talk.view, search, found, asked)
    if number is not None:
        venue = venue._replace(address=f"{number}. {venue.address}")
    talk.venue(venue, buttons, after=replacing_pin(talk.view, search) if follows else None)


def replacing_pin(view: View, search: Search) -> Callable[[Json], Awaitable[None]]:
    """What is done once the pin of a live location has arrived: the last one, if any, is deleted."""
    return partial(_replace_pin, view.context.database, view.now, search.id, search.person_id)


async def _replace_pin(database: Database, now: datetime, search_id: SearchId, person_id: PersonId, sent: Json) -> None:
    async with database.writing() as session:
        before = await searches.pinned(session, search_id, MessageId(sent["message_id"]))
        if before is not None:
            await recall(session, person_id, before, now)


def pin(view: View, search: Search, found: Found, asked: Asked) -> tuple[Venue, Buttons]:
    target = maps.target_of(view, found.row)
    navigate, others = maps.ways(view, target)
    more = presses.PAGE.button(view._("ℹ️ More"), search.id, found.key)
    venue = Venue(target.latitude, target.longitude, target.name, pin_line(view, found, asked))
    return venue, [[*navigate, more], others]


def pin_line(view: View, found: Found, asked: Asked) -> str:
    """ "350 m · 🟢 open until 22:00 · 🚻 toilet · 12 Station Road": what stands below the name."""
    index = view.context.directory.index
    offered = int(index.amenities[found.row]) & (asked.amenities | WHO_MAY_USE)
    parts = (
        translations.distance(found.distance, view.language),
        station_format.hours(found.hours, view.today, view.language),
        station_format.amenities(offered, view.language) if offered else "",
        index.addresses[found.row],
    )
    return " · ".join(filter(None, parts))[:_LONGEST_ADDRESS]


async def count_wanted(talk: Talk, amenities: int) -> None:
    """What riders ask for, for the figures."""
    seen = [Seen(talk.person.id, talk.local_today, AMENITY, name) for name in amenity_names(amenities)]
    await search_statistics.count_all(talk.session, seen)
