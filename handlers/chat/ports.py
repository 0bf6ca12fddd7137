"""What handlers need of the running program; bot/app.py passes it in."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, NamedTuple, Protocol

from handlers.chat.bundles import Bundles
from handlers.chat.pictures import Card, Cell, Certificate, Legend, Spot
from handlers.chat.reports import Report
from storage.scratch import Scratch
from storage.stations.index import StationIndex
from storage.stations.reports import LiveBoard
from storage.telegram_ids import PersonId


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

    async def look_again(self) -> None:
        """Has the stations read again at once, without waiting for it: this process has changed some."""
        ...

    async def refresh_live(self) -> None:
        """Reads the reports again now, so that who reported sees it at once."""
        ...


class NotValid(ValueError):
    """A setting can't have this value; the text names the setting."""


class NotFetched(Exception):
    """Telegram does not give a file that was sent."""


class Process(NamedTuple):
    """The process that answers: its name among the replicas, its version, since when it runs, and how many bytes are
    free where it keeps its data (None: not known)."""

    name: str
    version: str
    started_at: datetime
    free_bytes: int | None


class SettingsEditor(Protocol):
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
    def undrawable(self, text: str) -> str:
        """The characters of a text that pictures can't show, each once."""
        ...

    async def card_png(self, card: Card) -> bytes:
        """A PNG of a member's card."""
        ...

    async def certificate_png(self, certificate: Certificate) -> bytes:
        """A PNG of a certificate, to be printed."""
        ...

    async def photo_jpeg(self, photo: bytes) -> bytes | None:
        """A photo that somebody sent, scaled down for print and without what its file says beside the picture (place,
        camera); None if it can't be read."""
        ...

    async def qr_png(self, link: str, title: str) -> bytes:
        """A PNG with a large QR code of the link, and a title."""
        ...

    async def columns_png(
        self, title: str, values: Sequence[int | None], labels: Sequence[str], before: Sequence[int | None] = ()
    ) -> bytes:
        """A PNG with a column for each value (None: hidden), over those of the time before; labels stand below."""
        ...

    async def bars_png(self, title: str, rows: Sequence[tuple[str, int | None]], hidden: str = "") -> bytes:
        """A PNG with a bar for each name (None: not shown, `hidden` stands in its place)."""
        ...

    async def gaps_png(
        self, title: str, legend: Legend, cells: Sequence[Cell], stations: Sequence[tuple[float, float]], language: str
    ) -> bytes:
        """A PNG map of where riders search, and of where no station is near."""
        ...

    async def map_png(self, latitude: float, longitude: float, spots: Sequence[Spot], language: str) -> bytes:
        """A PNG map without tiles: the rider, the stations, rings of distance."""
        ...


class DownloadFile(Protocol):
    async def __call__(self, file_id: str, limit: int, into: BinaryIO | Scratch) -> None:
        """Writes a file that was sent to the bot, of at most `limit` bytes, into another.

        Raises:
            NotFetched: Telegram does not give it, or it is longer.
        """
        ...


class ReportWriter(Protocol):
    async def pdf(self, report: Report) -> bytes:
        """A PDF to be printed, in the language that its words are in."""
        ...

    async def html(self, report: Report, language: str) -> bytes:
        """One page for any browser, with its pictures in it, which loads nothing and runs nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Ports:
    """The services of the process, each as the least that a handler needs of it."""

    painter: Painter
    reports: ReportWriter
    download_file: DownloadFile
    run_in_background: Callable[[Coroutine[Any, Any, None]], object]
    """Does work that may take a while, apart from the chat's turn."""
    start_backup: Callable[[PersonId], None]
    """Begins a backup now; the person who asked hears when it is done."""
    process: Callable[[], Process]
    count_form_step: Callable[[str, str, str], None]
    """Counts a step of a form: (form, question, what became of it)."""
    settings_editor: SettingsEditor
    bundles: Bundles
    geocoder: Geocoder | None = None
