"""The stations in memory, kept in step with the database: what staff change here shows at once, any other
change within 5 s."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from bot.memory import give_back
from bot.observability.logs import logger
from storage.coordination import change_counters
from storage.database import Database
from storage.hours.opening_hours import HoursBook
from storage.stations import reports, stations
from storage.stations.ids import StationKey
from storage.stations.index import StationIndex
from storage.stations.reports import LiveBoard, StationState

log = logger("bot.background.station_directory")

INTERVAL = 2.0
TABLES = frozenset({change_counters.Version.__tablename__, StationState.__tablename__})
_LISTED = 20


class StationDirectory:
    """Implements handlers.chat.context.Directory."""

    def __init__(self, database: Database, zone: ZoneInfo, country: str, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock
        self._zone, self._country = zone, country
        self._index = StationIndex(HoursBook(zone, country))
        self._live = LiveBoard()
        self._states: list[StationState] = []
        self._reading_live = asyncio.Lock()
        self._versions: dict[str, int] | None = None
        self.asked = asyncio.Event()
        """Set where this process or another program has changed the stations."""
        self._told: set[StationKey] = set()
        """Stations whose hours can't be used, as the log has said."""

    @property
    def index(self) -> StationIndex:
        return self._index

    @property
    def live(self) -> LiveBoard:
        if self._live.until is not None and self._live.until <= self._clock():
            self._lay_out()
        return self._live

    def metres_to_nearest(self, latitudes: Sequence[float], longitudes: Sequence[float]) -> Sequence[float]:
        """How far it is from each place to the nearest station, as of now."""
        return self._index.metres_to_nearest(latitudes, longitudes)

    async def refresh(self) -> None:
        """Reads again what has changed since the last time, and works out states that have run out, in a thread."""
        async with self._database.reading(apart=True) as session:
            found = await change_counters.read_all(session)
            known = self._versions or {}
            if self._versions is None or found.get(stations.VERSION) != known.get(stations.VERSION):
                book = HoursBook(self._zone, self._country)
                index = await StationIndex.load(stations.pages_for_index(session), book)
                await asyncio.to_thread(book.bring_up_to, self._clock())
                self._index = index
                self._lay_out()
                del index, book
                give_back()
                log.info("stations loaded", count=len(self._index))
                await self._tell_of_unusable_hours(session)
            self._versions = found
        if self._index.book.is_behind(self._clock()):
            await asyncio.to_thread(self._index.book.bring_up_to, self._clock())
        await self.refresh_live()

    async def _tell_of_unusable_hours(self, session: AsyncSession) -> None:
        """Hours that were taken before they were checked as they are now: riders see them as unknown."""
        keys = self._index.with_unusable_hours()
        new = [key for key in keys if key not in self._told]
        self._told = set(keys)
        if new:
            listed = await stations.ids_of(session, new[:_LISTED])
            log.warning("unusable opening hours, treated as unknown", count=len(new), stations=listed)

    async def look_again(self) -> None:
        self.asked.set()

    async def refresh_live(self) -> None:
        """Reads what riders have reported, one reading after another: an earlier one that ends later would put
        back what it saw."""
        async with self._reading_live, self._database.reading() as session:
            self._states = await reports.believed(session, self._clock())
            self._lay_out()

    def _lay_out(self) -> None:
        now = self._clock()
        placed = ((self._index.row_of(state.station_key), state) for state in self._states if state.until > now)
        self._live = LiveBoard.of(len(self._index), [(row, state) for row, state in placed if row is not None])
