"""A day of demo searches and some demo members, so that the pages of /stats show something. Nobody of them exists at
Telegram: they are known by no row of `people`, so that no message goes to them."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from storage.database import Database
from storage.membership import memberships
from storage.stations import searches
from storage.stations.ids import SearchId
from storage.stations.searches import Search
from storage.statistics import searches as search_figures
from storage.statistics.searches import AMENITY, Seen
from storage.telegram_ids import PersonId

PEOPLE = tuple(PersonId(number) for number in range(7_100_001, 7_100_061))
MEMBERS, SEARCHES, FILTERED = 25, 900, 240
_AMENITIES = {"toilet": 9, "water": 6, "charging": 5, "battery_swap": 3, "microwave": 3, "rest": 2}
"""What is asked for, and how often beside the others."""
_CITY, _WITHOUT_STATION = (37.43, 116.36), (37.52, 116.31)
_MEALS = (12.0, 18.5)
"""Hours of the day around which riders search."""


async def add(database: Database, now: datetime, zone: str) -> None:
    """Adds them to what `demo.fill` made; in a second run, the members would be members already."""
    chance = random.Random(7)  # noqa: S311 (it protects nothing)
    async with database.writing() as session:
        for number, person in enumerate(PEOPLE[:MEMBERS]):
            since = now - timedelta(days=3 * number % 40, hours=1)
            await memberships.create(session, person, {"name": f"演示会员 {number + 1}"}, since)
        found = [_search(number, now, ZoneInfo(zone), chance) for number in range(SEARCHES)]
        await searches.add_all(session, found)
        asked_for = [_asked_for(now, ZoneInfo(zone), chance) for _ in range(FILTERED)]
        await search_figures.count_all(session, asked_for)


def _asked_for(now: datetime, zone: ZoneInfo, chance: random.Random) -> Seen:
    """An amenity that somebody put into the filter."""
    (amenity,) = chance.choices(tuple(_AMENITIES), tuple(_AMENITIES.values()))
    return Seen(chance.choice(PEOPLE), now.astimezone(zone).date(), AMENITY, amenity)


def _search(number: int, now: datetime, zone: ZoneInfo, chance: random.Random) -> Search:
    """Within the last 24 hours, around a meal, mostly in the city."""
    hour = chance.gauss(chance.choice(_MEALS), 2.0) % 24
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    at = midnight + timedelta(hours=hour)
    at = at if at < now else at - timedelta(days=1)
    latitude, longitude = _WITHOUT_STATION if chance.random() < 0.2 else _CITY
    return Search(
        SearchId(number + 1),
        chance.choice(PEOPLE),
        at,
        chance.gauss(latitude, 0.018),
        chance.gauss(longitude, 0.02),
    )
