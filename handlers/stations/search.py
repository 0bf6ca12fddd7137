"""Finding a station: a location comes in, a list and a venue go out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from handlers.chat.events import Event
from handlers.chat.keyboards import location_keyboard
from handlers.chat.pages import map_buttons
from handlers.chat.pictures import Spot
from handlers.chat.press import Button, InvalidCallback
from handlers.chat.routes import BelowSearch, Routes
from handlers.chat.talk import StatelessTalk, Talk
from handlers.forms import forms
from handlers.i18n.translations import N_
from handlers.inputs.place import NOT_ON_EARTH
from handlers.stations import presses
from handlers.stations.addresses import ADDRESS, AddressDraft
from handlers.stations.answer import answer_search, count_wanted, search_at, send_pin
from handlers.stations.asked import HEADINGS, Asked
from handlers.stations.filter import open_filter
from handlers.stations.list_page import PAGE, list_page, look
from storage.geodesy import is_place
from storage.hours.opening_hours import State
from storage.people import people
from storage.stations import searches
from storage.stations.ids import SearchId
from storage.stations.searches import Search


def register(routes: Routes) -> None:
    routes.command("station", station, about=N_("Nearest rest station"))
    routes.stateless_event(Event.LOCATION, partial(location, offers=routes.below_searches))
    routes.form(ADDRESS)
    routes.press(presses.TURN_PAGE, turn_page)
    routes.press(presses.OPEN_FILTER, open_filter, writes=False)
    routes.press(presses.COMPASS, compass, writes=False)
    routes.press(presses.VENUES, venues, writes=False)
    routes.press(presses.PICTURE, picture, writes=False)
    routes.press(presses.KEEP_HOME, keep_home)
    routes.press(presses.NEAR_HOME, near_home)
    routes.press(presses.ASK_ADDRESS, ask_address)


async def station(talk: Talk) -> None:
    """/station: how to search."""
    talk.say(
        talk._("Press the button below, or send any place as a location (📎 → Location)."),
        keyboard=location_keyboard(talk),
    )
    ways = map_buttons(talk.view)
    if await people.home_of(talk.session, talk.person.id):
        ways.append(presses.NEAR_HOME.button(talk._("🏠 Near my area")))
    if talk.context.ports.geocoder is not None:
        ways.append(presses.ASK_ADDRESS.button(talk._("⌨ Type an address")))
    better = [presses.IMPROVE.button(talk._("✏️ Add or correct a station"))]
    if ways:
        talk.say(talk._("You can also search without sending your location:"), [ways, better])
    else:
        talk.say(talk._("Is a station missing, or something wrong?"), [better])


async def location(talk: StatelessTalk, offers: Sequence[BelowSearch]) -> None:
    """A location: the nearest stations, and the first one as a venue; last, what others offer for it."""
    place = talk.incoming.place
    if place is None or not is_place(place.latitude, place.longitude):
        talk.say(talk._(NOT_ON_EARTH))
        return
    search = Search(
        SearchId(talk.key),
        talk.person.id,
        talk.now,
        place.latitude,
        place.longitude,
        talk.incoming.message_id,
        heading=place.heading,
    )
    talk.append(search)
    answer_search(talk, search, follows=place.is_live)
    for offer in offers:
        row = offer(talk, search.id)
        if row:
            talk.add_buttons(row)


async def _search_of(talk: Talk, search_id: SearchId) -> Search | None:
    """The presser's own search, or None and a word that it is too old."""
    search = await searches.find(talk.session, search_id, talk.person.id)
    if search is None:
        talk.answer_callback(talk._("This list is out of date. Please send your location again."), alert=True)
    return search


def _check_page(page: int) -> None:
    if not 0 <= page < 200:
        raise InvalidCallback


async def turn_page(talk: Talk, search_id: SearchId, code: int, page: int) -> None:
    """More, nearer, or the list again after a filter was set: by editing the list. The pin is sent again where the
    filter has made it another one."""
    _check_page(page)
    search = await _search_of(talk, search_id)
    if search is None:
        return
    before, asked = Asked.of(search.wanted), Asked.of(code)
    is_live = search.pin_message is not None
    shown = list_page(talk.view, search, asked, page, follows=is_live)
    talk.edit(shown.text, shown.buttons)
    if before != asked:
        await searches.want(talk.session, search_id, asked.code)
        await count_wanted(talk, asked.amenities & ~before.amenities)
        pinned = look(talk.view, search, before, 0)[0].stations
        if shown.stations and [one.key for one in pinned[:1]] != [shown.stations[0].key]:
            send_pin(talk, search, shown.stations[0], asked, follows=is_live)


async def compass(talk: Talk, search_id: SearchId, code: int) -> None:
    """Where are they going? In place of the list."""
    asked = Asked.of(code)
    back = presses.TURN_PAGE.button(talk._("◀ Back"), search_id, asked._replace(heading=0).code, 0)

    def towards(heading: int) -> Button:
        sign, name = HEADINGS[heading]
        return presses.TURN_PAGE.button(f"{sign} {talk._(name)}", search_id, asked._replace(heading=heading).code, 0)

    rows = [[towards(8), towards(1), towards(2)], [towards(7), towards(3)], [towards(6), towards(5), towards(4)]]
    said = talk._("Which way are you riding? With a live location, the list follows you by itself.")
    talk.edit(said, [*rows, [back]])


async def venues(talk: Talk, search_id: SearchId, code: int, page: int) -> None:
    """Each station of the page as a venue, which opens in the map of the phone."""
    _check_page(page)
    search = await _search_of(talk, search_id)
    if search is not None:
        asked = Asked.of(code)
        for number, found in enumerate(look(talk.view, search, asked, page)[0].stations, start=page * PAGE + 1):
            send_pin(talk, search, found, asked, number)


async def picture(talk: Talk, search_id: SearchId, code: int, page: int) -> None:
    """The page as a picture, for whoever reads a map faster than a list."""
    _check_page(page)
    search = await _search_of(talk, search_id)
    if search is None:
        return
    index = talk.context.directory.index
    stations = look(talk.view, search, Asked.of(code), page)[0].stations
    spots = [
        Spot(
            number,
            index.names[found.row],
            float(index.latitudes[found.row]),
            float(index.longitudes[found.row]),
            found.hours.state is not State.CLOSED,
        )
        for number, found in enumerate(stations, start=page * PAGE + 1)
    ]
    png = await talk.context.ports.painter.map_png(search.latitude, search.longitude, spots, talk.language)
    numbers = [
        presses.PAGE.button(f"{spot.number}", search.id, found.key) for spot, found in zip(spots, stations, strict=True)
    ]
    talk.photo(png, talk._("You are in the centre. The numbers match the list."), [numbers])


async def keep_home(talk: Talk, search_id: SearchId) -> None:
    """Only because the rider asked: the area, not the spot."""
    search = await _search_of(talk, search_id)
    if search is not None:
        await people.keep_home(talk.session, talk.person.id, search.latitude, search.longitude)
        talk.answer_callback(
            talk._(
                "Saved, rounded to about 1 km. /station will offer it from now on; you can delete it with /privacy."
            ),
            alert=True,
        )


async def near_home(talk: Talk) -> None:
    home = await people.home_of(talk.session, talk.person.id)
    if home is None:
        talk.say(talk._("I don't know your area. Send a location, then press “Save as my area”."))
        return
    search_at(talk, *home, Asked(around_home=True))


async def ask_address(talk: Talk) -> None:
    if talk.context.ports.geocoder is None:
        talk.say(
            talk._("I can't look up addresses here. Please send a location instead."), keyboard=location_keyboard(talk)
        )
        return
    await forms.begin(talk, ADDRESS, AddressDraft())
