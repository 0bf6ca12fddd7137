"""The stations in memory, kept in step with the database: a change anywhere shows within 5 s."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.logs import logger
from storage import reports, stations, versions
from storage.database import Database
from storage.opening_hours import HoursBook
from storage.reports import LiveBoard, StationState
from storage.station_index import StationIndex

log = logger("bot.directory")

REFRESHED_EVERY = 2.0


class StationDirectory:
    """Implements handlers.house.Directory."""

    def __init__(self, database: Database, zone: ZoneInfo, country: str, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock
        self._zone, self._country = zone, country
        self._index = StationIndex(HoursBook(zone, country))
        self._live = LiveBoard()
        self._states: list[StationState] = []
        self._versions: dict[str, int] | None = None

    @property
    def index(self) -> StationIndex:
        return self._index

    @property
    def live(self) -> LiveBoard:
        if self._live.until is not None and self._live.until <= self._clock():
            self._lay_out()
        return self._live

    async def refresh(self) -> None:
        """Reads anew what has changed since the last time."""
        async with self._database.reading(apart=True) as session:
            found = await versions.read_all(session)
            known = self._versions or {}
            if self._versions is None or found.get(stations.VERSION) != known.get(stations.VERSION):
                book = HoursBook(self._zone, self._country)
                self._index = await StationIndex.load(stations.pages_for_index(session), book)
                log.info("stations loaded", count=len(self._index))
            self._versions = found
            self._states = await reports.believed(session, self._clock())
        self._lay_out()

    async def refresh_live(self) -> None:
        async with self._database.reading() as session:
            self._states = await reports.believed(session, self._clock())
        self._lay_out()

    def _lay_out(self) -> None:
        now = self._clock()
        placed = ((self._index.row_of(state.station_key), state) for state in self._states if state.until > now)
        self._live = LiveBoard.of(len(self._index), [(row, state) for row, state in placed if row is not None])
