"""A rider who moves: the list is brought up to date in place, and once another station is the nearest, its pin takes
the place of the last one.

The list follows at most every 30 s. A move within this time is shown at its end, by a delivery.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.chat.events import Event
from handlers.chat.replies import Outgoing, buttons_markup, message_params
from handlers.chat.routes import Follower, Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.stations.answer import pin, replacing_pin
from handlers.stations.asked import Asked
from handlers.stations.list_page import Shown, list_page
from storage.deliveries import notices
from storage.deliveries.queue import Addressed, Claimed
from storage.geodesy import is_place
from storage.stations import searches
from storage.stations.ids import StationKey
from storage.stations.notices import ListFollows, PinFollows
from storage.stations.searches import Fix, Moved, Search
from storage.telegram_ids import ChatId, private_chat_of


def register(routes: Routes) -> None:
    routes.event(Event.MOVED, partial(moved, followers=routes.followers))
    routes.compose(ListFollows.kind, late_list)
    routes.compose(PinFollows.kind, late_pin)


async def moved(talk: Talk, followers: Sequence[Follower]) -> None:
    """A live or edited location."""
    place, message_id = talk.incoming.place, talk.incoming.message_id
    if place is None or message_id is None or not is_place(place.latitude, place.longitude):
        return
    for follow in followers:
        await follow(talk)
    fix = Fix(place.latitude, place.longitude, place.heading)
    change = await searches.move(talk.session, talk.person.id, message_id, fix, talk.now)
    if change is None:
        return
    pinned = _nearest(_shown(talk.view, change.before))
    if change.due is not None:
        _put_off(talk, change, pinned)
        return
    shown = _shown(talk.view, change.search)
    talk.edit(shown.text, shown.buttons, message_id=change.list_message)
    sent = _new_pin(talk.view, talk.chat_id, change.search, shown, pinned)
    if sent is not None:
        talk.outgoing.append(sent)


def _put_off(talk: Talk, change: Moved, pinned: StationKey | None) -> None:
    assert change.due is not None
    search, due = change.search.id, change.due
    talk.notices.append(Addressed(talk.person.id, ListFollows(search), due, target=change.list_message))
    talk.notices.append(Addressed(talk.person.id, PinFollows(search, pinned), due))


def _shown(view: View, search: Search) -> Shown:
    return list_page(view, search, Asked.of(search.wanted), follows=True)


def _nearest(shown: Shown) -> StationKey | None:
    return next((found.key for found in shown.stations), None)


def _new_pin(view: View, chat_id: ChatId, search: Search, shown: Shown, pinned: StationKey | None) -> Outgoing | None:
    """The pin of another station than the one that was pinned; without a sound, since the rider is riding."""
    if not shown.stations or _nearest(shown) == pinned:
        return None
    venue, buttons = pin(view, search, shown.stations[0], Asked.of(search.wanted))
    params = {"chat_id": chat_id, **venue.params, "disable_notification": True}
    everything = {**params, "reply_markup": buttons_markup(buttons)}
    return Outgoing("sendVenue", everything, after=replacing_pin(view, search))


async def late_list(session: AsyncSession, view: View, delivery: Claimed) -> Outgoing | None:
    notice = notices.decode(ListFollows, delivery.params, delivery.subject)
    search = await searches.find(session, notice.search, delivery.recipient)
    if search is None:
        return None
    shown = _shown(view, search)
    said = message_params(private_chat_of(delivery.recipient), shown.text, shown.buttons)
    return Outgoing("editMessageText", {**said, "message_id": delivery.target})


async def late_pin(session: AsyncSession, view: View, delivery: Claimed) -> Outgoing | None:
    notice = notices.decode(PinFollows, delivery.params, delivery.subject)
    search = await searches.find(session, notice.search, delivery.recipient)
    if search is None:
        return None
    return _new_pin(view, private_chat_of(delivery.recipient), search, _shown(view, search), notice.pinned)
