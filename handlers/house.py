"""What all conversations share: the organisation, the stations in memory, the helpers that bot/app.py passes in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.access import Right, Role, those_who_may
from storage.database import Database
from storage.desks import Desk
from storage.quiet_hours import QuietHours
from storage.reports import LiveBoard
from storage.retention import Retention
from storage.roles import holders
from storage.station_index import StationIndex


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who runs this bot."""

    name: str
    zone: ZoneInfo
    language: str
    country: str
    hotline: str


class Address(NamedTuple):
    """A typed address that was found: its full name, and degrees in WGS-84."""

    label: str
    latitude: float
    longitude: float


class GeocodingFailed(Exception):
    """The geocoding service did not answer, or not in time."""


class Geocoder(Protocol):
    async def find(self, text: str, language: str) -> Sequence[Address]:
        """Up to three places for a typed address, best first.

        Raises:
            GeocodingFailed: see the class.
        """
        ...


class Directory(Protocol):
    """The stations in memory, as of the last change, and what riders report of them."""

    @property
    def index(self) -> StationIndex: ...

    @property
    def live(self) -> LiveBoard: ...

    async def refresh_live(self) -> None:
        """Reads the reports again now, so that who reported sees it at once."""
        ...


class Spot(NamedTuple):
    """A numbered station on a picture."""

    number: int
    name: str
    latitude: float
    longitude: float
    is_open: bool


class Card(NamedTuple):
    """What stands on a member's card; `link` is in its QR code."""

    organisation: str
    title: str
    name: str
    number: str
    since: str
    link: str


class Painter(Protocol):
    async def card_png(self, card: Card) -> bytes:
        """A PNG of a member's card."""
        ...

    async def qr_png(self, link: str, title: str) -> bytes:
        """A PNG with a large QR code of the link, and a title."""
        ...

    async def columns_png(self, title: str, values: Sequence[int], labels: Sequence[str]) -> bytes:
        """A PNG with a column for each value; the labels stand evenly below."""
        ...

    async def map_png(self, latitude: float, longitude: float, spots: Sequence[Spot], language: str) -> bytes:
        """A PNG map without tiles: the rider, the stations, rings of distance."""
        ...


@dataclass(frozen=True, slots=True)
class Joining:
    """What the sign-up form offers and asks: platforms and districts to choose from; whether the ID number is
    "optional", "required" or "never" asked for."""

    platforms: Sequence[str] = ()
    districts: Sequence[str] = ()
    id_number: str = "optional"


def _nothing_to_wake(_name: str) -> None:
    """Until bot/app.py passes the clock's own."""


_NEVER_QUIET = QuietHours.of("00:00-00:00", ZoneInfo("UTC"))


@dataclass(slots=True)
class House:
    organisation: Organisation
    directory: Directory
    database: Database
    painter: Painter | None = None
    geocoder: Geocoder | None = None
    quiet_hours: QuietHours = _NEVER_QUIET
    approval_above: int = 500
    bot_username: str = ""
    reads_all_group_messages: bool = False
    admins: frozenset[int] = frozenset()
    coordinators: frozenset[int] = frozenset()
    counsel: frozenset[int] = frozenset()
    joining: Joining = Joining()
    lead_times: Sequence[timedelta] = (timedelta(hours=24), timedelta(hours=2))
    public_url: str = ""
    wake: Callable[[str], None] = _nothing_to_wake
    """Lets the clock look at a kind of work at once."""
    retention: Retention = field(default_factory=Retention)
    desks: Mapping[str, Desk] = field(default_factory=dict)

    def roles_of(self, person_id: int, held: Iterable[str] = ()) -> frozenset[Role]:
        """Everybody is a rider; more by the config, and by what was given in the chat (`held`)."""
        roles = {Role.RIDER, *map(Role, held)}
        for role, people in (
            (Role.ADMIN, self.admins),
            (Role.COORDINATOR, self.coordinators),
            (Role.COUNSEL, self.counsel),
        ):
            if person_id in people:
                roles.add(role)
        return frozenset(roles)

    async def staff(self, session: AsyncSession, right: Right, now: datetime) -> list[int]:
        """Everybody who has this right by a role, in the config or given in the chat."""
        roles = those_who_may(right)
        named = {Role.ADMIN: self.admins, Role.COORDINATOR: self.coordinators, Role.COUNSEL: self.counsel}
        people = await holders(session, roles, now)
        return sorted(people.union(*(named[role] for role in roles & named.keys())))

    async def desk_staff(self, session: AsyncSession, desk: Desk, now: datetime) -> list[int]:
        """Who takes care of a desk's cases: all who may handle cases, or those of them that the desk names."""
        people = await self.staff(session, Right.HANDLE_CASES, now)
        return [person for person in people if desk.is_handled_by(person)]

    def link(self, payload: str = "") -> str:
        """A deep link into the private chat."""
        return f"https://t.me/{self.bot_username}" + (f"?start={payload}" if payload else "")
