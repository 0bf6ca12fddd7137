"""Answering a search: the list, and the first station as a venue."""

from __future__ import annotations

from functools import partial

from handlers.chat.incoming import Json
from handlers.chat.talk import StatelessTalk, Talk
from handlers.stations.list_page import Asked, list_page
from storage.database import Database
from storage.stations import searches
from storage.stations.ids import SearchId
from storage.stations.searches import Search
from storage.telegram_ids import MessageId


async def search_at(talk: Talk, latitude: float, longitude: float) -> None:
    """A search at a place that did not come as a location message."""
    search = Search(SearchId(talk.key), talk.person.id, talk.now, latitude, longitude)
    talk.append(search)
    answer_search(talk, search)


def answer_search(talk: StatelessTalk, search: Search, *, follows: bool = False) -> None:
    """Sends the list for a search that is kept in this transaction. `follows`: the list will follow the location."""
    shown = list_page(talk, search.id, search.latitude, search.longitude, Asked())
    after = partial(_remember_list, talk.context.database, search.id) if follows else None
    talk.say(shown.text, shown.buttons, after=after)
    if shown.stations:
        send_venue(talk, shown.stations[0].row)


async def _remember_list(database: Database, search_id: SearchId, sent: Json) -> None:
    async with database.writing() as session:
        await searches.listed(session, search_id, MessageId(sent["message_id"]))


def send_venue(talk: StatelessTalk, row: int) -> None:
    index = talk.context.directory.index
    talk.venue(float(index.latitudes[row]), float(index.longitudes[row]), index.names[row], index.addresses[row])
