"""What all conversations share: the organisation, the stations in memory, the helpers that bot/app.py passes in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.cases.bundling import Bundles
from handlers.chat.access import Right, Role, those_who_may
from storage.cases.desks import Desk
from storage.database import Database
from storage.emergency.danger import dangers
from storage.hours.quiet_hours import QuietHours
from storage.people import blocks
from storage.people.roles import holders
from storage.privacy.retention import Retention
from storage.stations.index import StationIndex
from storage.stations.reports import LiveBoard


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


class Cell(NamedTuple):
    """A place of about 2 km by its middle, how often riders searched there, and how often with no station near."""

    latitude: float
    longitude: float
    searches: int
    bare: int


class Legend(NamedTuple):
    """The words below such a map."""

    bare: str
    near: str
    station: str


class Card(NamedTuple):
    """What stands on a member's card; `link` is in its QR code."""

    organisation: str
    title: str
    name: str
    number: str
    since: str
    link: str


class NotValid(ValueError):
    """A setting can't have this value; the text names the setting."""


class NotFetched(Exception):
    """Telegram does not give a file that was sent."""


async def _no_file(_file_id: str, _most: int, _into: BinaryIO) -> None:
    """Until bot/app.py passes its own."""
    raise NotFetched


def _not_beside(work: Coroutine[Any, Any, None]) -> None:
    """Until bot/app.py passes its own."""
    work.close()


class Process(NamedTuple):
    """The process that answers: its name among the replicas, its version, since when it runs, and how many bytes are
    free where it keeps its data (None: not known)."""

    name: str
    version: str
    started_at: datetime
    free_bytes: int | None


def _no_process() -> Process:
    """Until bot/app.py passes its own."""
    return Process("", "", datetime.now(UTC), None)


def _no_backup(_for: int) -> None:
    """Until bot/app.py passes its own."""


class Tuning(Protocol):
    """The settings that may be changed in the chat, by their names in the config file ("reminders.quiet_hours")."""

    def checked(self, name: str, value: Any) -> Any:
        """What the program makes of a value as it would stand in the config file.

        Raises:
            NotValid: see the class.
        """
        ...

    def value(self, name: str) -> Any:
        """What is in force."""
        ...

    async def refresh(self) -> None:
        """Takes up what the database holds now."""
        ...


class Painter(Protocol):
    async def card_png(self, card: Card) -> bytes:
        """A PNG of a member's card."""
        ...

    async def qr_png(self, link: str, title: str) -> bytes:
        """A PNG with a large QR code of the link, and a title."""
        ...

    async def columns_png(
        self, title: str, values: Sequence[int | None], labels: Sequence[str], before: Sequence[int | None] = ()
    ) -> bytes:
        """A PNG with a column for each value (None: hidden), over those of the time before; labels stand below."""
        ...

    async def bars_png(self, title: str, rows: Sequence[tuple[str, int]]) -> bytes:
        """A PNG with a bar for each name."""
        ...

    async def gaps_png(
        self, title: str, legend: Legend, cells: Sequence[Cell], stations: Sequence[tuple[float, float]], language: str
    ) -> bytes:
        """A PNG map of where riders search, and of where no station is near."""
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


def _nothing_to_count(_form: str, _step: str, _outcome: str) -> None:
    """Until bot/app.py passes the figures' own."""


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
    note_step: Callable[[str, str, str], None] = _nothing_to_count
    """Counts a step of a form: (form, question, what became of it)."""
    tuning: Tuning | None = None
    process: Callable[[], Process] = _no_process
    fetch: Callable[[str, int, BinaryIO], Awaitable[None]] = _no_file
    """Writes a file that was sent, by its file_id, of at most so many bytes, into another. Raises NotFetched."""
    beside: Callable[[Coroutine[Any, Any, None]], None] = _not_beside
    """Does work that may take a while, apart from the chat's turn."""
    bundles: Bundles = field(default_factory=Bundles)
    back_up: Callable[[int], None] = _no_backup
    """Begins a backup now; who asked hears when it is done."""
    greeting: Mapping[str, str] = field(default_factory=dict)
    """The organisation's own words in the welcome, by language."""
    blocked: Mapping[int, datetime | None] = field(default_factory=dict)
    """Who is kept out, and until when (None: without an end)."""
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

    def is_blocked(self, person_id: int, now: datetime) -> bool:
        if person_id not in self.blocked:
            return False
        until = self.blocked[person_id]
        return until is None or until > now

    def is_danger(self, text: str) -> bool:
        """Whether words of acute danger stand in the text."""
        return dangers(tuple(word for desk in self.desks.values() for word in desk.danger)).ring(text)

    @property
    def crisis_desk(self) -> Desk | None:
        """Where somebody in danger is listened to, if the organisation has such a desk."""
        return next((desk for desk in self.desks.values() if desk.crisis), None)

    async def read_blocks(self) -> None:
        """Takes up who is kept out now."""
        async with self.database.reading() as session:
            self.blocked = await blocks.read_all(session)

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
