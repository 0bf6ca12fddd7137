"""What an organisation may decide: one immutable snapshot, which is replaced as a whole when a setting changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time, timedelta
from zoneinfo import ZoneInfo

from storage.cases.desks import Desk
from storage.hours.quiet_hours import QuietHours
from storage.operations.heat_allowance import HeatAllowance
from storage.operations.help_areas import HelpArea
from storage.operations.weather_areas import Area
from storage.privacy.retention import Retention


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who runs this bot."""

    name: str
    zone: ZoneInfo
    language: str
    country: str
    hotline: str


@dataclass(frozen=True, slots=True)
class Joining:
    """What the sign-up form offers and asks: platforms and districts to choose from; whether the ID number is
    "optional", "required" or "never" asked for."""

    platforms: Sequence[str] = ()
    districts: Sequence[str] = ()
    id_number: str = "optional"


@dataclass(frozen=True, slots=True)
class MinimumPay:
    """The minimum hourly wage in hundredths, 0 if none is set, and where it stands."""

    hourly: int = 0
    source: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings in force: those of the config file, with what was changed in the chat over them.

    `digest_at` (of applications that wait) and `week_digest_at` (of activities, on that day of the week, Monday is 0)
    are in the organisation's zone.
    """

    organisation: Organisation
    quiet_hours: QuietHours
    retention: Retention = field(default_factory=Retention)
    joining: Joining = field(default_factory=Joining)
    desks: Mapping[str, Desk] = field(default_factory=dict)
    lead_times: Sequence[timedelta] = (timedelta(hours=24), timedelta(hours=2))
    greeting: Mapping[str, str] = field(default_factory=dict)
    """The organisation's own words in the welcome, by language."""
    approval_above: int = 500
    """A broadcast to more people than this needs a second coordinator."""
    public_url: str = ""
    pages_url: str = ""
    """Where browsers and Telegram's Mini Apps find the pages; "" where they can't."""
    minimum_pay: MinimumPay = field(default_factory=MinimumPay)
    heat_allowance: HeatAllowance = field(default_factory=HeatAllowance)
    weather_areas: Sequence[Area] = ()
    """Where riders may want to hear of heat, cold and storm; none where that is switched off."""
    help_within: float = 3_000
    """Metres: volunteers on duty this near to somebody who calls for help are told."""
    help_areas: Sequence[HelpArea] = ()
    """What volunteers may declare in place of sending where they are."""
    digest_at: time = time(9)
    week_digest_on: int = 0
    week_digest_at: time = time(10)


class CurrentSettings:
    """Holds the snapshot in force. `replace` is the one assignment by which it changes."""

    __slots__ = ("_value",)

    def __init__(self, value: Settings) -> None:
        self._value = value

    @property
    def value(self) -> Settings:
        return self._value

    def replace(self, value: Settings) -> None:
        """Puts another snapshot in force; who holds the former one keeps it."""
        self._value = value
