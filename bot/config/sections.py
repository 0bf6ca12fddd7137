"""The sections of the config, with their defaults and what each value may be."""

from __future__ import annotations

import re
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from bot.config.values import Clock, Country, DatabaseUrl, Duration, Durations, Geocoder, Ids, Texts
from storage.encryption import BadKey, decode_key
from storage.heat import allowances
from storage.privacy.retention import Retention


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Telegram(Section):
    token: SecretStr = SecretStr("")
    api_base_url: str = "https://api.telegram.org"
    mode: Literal["polling", "webhook"] = "polling"
    webhook_url: str = ""
    webhook_secret: SecretStr = SecretStr("")
    messages_per_second: float = Field(30, gt=0, le=1_000_000)
    messages_per_second_per_chat: float = Field(1, gt=0, le=1_000)
    messages_per_minute_per_group: int = Field(20, gt=0, le=100_000)
    paid_broadcast: bool = False


class Data(Section):
    folder: Path = Path("data")


class DatabaseSection(Section):
    url: DatabaseUrl = ""


class Web(Section):
    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65_535)
    public_url: str = ""


class People(Section):
    admins: Ids = []
    coordinators: Ids = []
    counsel: Ids = []


class OrganisationSection(Section):
    name: str = "暖新之家"
    timezone: str = "Asia/Shanghai"
    language: Literal["zh_Hans", "en"] = "zh_Hans"
    country: Country = "CN"
    hotline: Annotated[str, Field(min_length=1, max_length=60)] = "12351"
    greeting: dict[Literal["zh_Hans", "en"], Annotated[str, Field(max_length=1_000)]] = {}

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"{value!r} is not a time zone (for example Asia/Shanghai)") from None
        return value

    @field_validator("language", mode="before")
    @classmethod
    def _known_language(cls, value: object) -> object:
        return "zh_Hans" if isinstance(value, str) and value.lower().startswith("zh") else value


class Security(Section):
    encryption_keys: list[SecretStr] = []

    @field_validator("encryption_keys")
    @classmethod
    def _are_keys(cls, value: list[SecretStr]) -> list[SecretStr]:
        for key in value:
            try:
                decode_key(key.get_secret_value())
            except BadKey as error:
                raise ValueError(str(error)) from None
        return value


class Features(Section):
    voice: bool = True
    pay: bool = True
    contests: bool = True
    honours: bool = True
    console: bool = True
    heat: bool = False
    sos: bool = False

    @property
    def off(self) -> frozenset[str]:
        """The keys of what is switched off."""
        return frozenset(name for name, is_on in self.model_dump().items() if not is_on)


class Pay(Section):
    minimum_hourly: float = Field(0, ge=0, le=100_000)
    minimum_source: Annotated[str, Field(max_length=200)] = ""


class SosArea(Section):
    name: Annotated[str, Field(min_length=1, max_length=40)]
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    radius_km: float = Field(5, gt=0, le=50)


class Sos(Section):
    radius_km: float = Field(3, gt=0, le=50)
    areas: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,14}$")], SosArea] = {}


class Map(Section):
    tiles: str = ""
    pmtiles: str = ""
    crs: Literal["wgs84", "gcj02"] = "wgs84"

    @field_validator("tiles")
    @classmethod
    def _is_address_of_tiles(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[^\s/{}]+/\S*", value):
            raise ValueError(
                f"{value!r} is not the address of tiles (for example https://tiles.example.org/{{z}}/{{x}}/{{y}}.png)"
            )
        if value and not all(f"{{{part}}}" in value for part in "zxy"):
            raise ValueError("the address of tiles needs {z}, {x} and {y}")
        return value


class Heat(Section):
    """The high-temperature allowance: a province's that is built in, or one of one's own with where it stands."""

    province: str = ""
    allowance: float = Field(0, ge=0, le=100_000)
    allowance_months: Annotated[list[Annotated[int, Field(ge=1, le=12)]], Field(max_length=12)] = []
    allowance_source: Annotated[str, Field(max_length=200)] = ""

    @field_validator("province")
    @classmethod
    def _is_known(cls, value: str) -> str:
        if value and value not in allowances.by_province():
            known = ", ".join(allowances.by_province())
            raise ValueError(f"no allowance of {value!r} is built in (there are {known}): set allowance instead")
        return value

    @model_validator(mode="after")
    def _has_a_source(self) -> Self:
        if self.allowance and not self.allowance_source.strip():
            raise ValueError("allowance needs its allowance_source: riders are shown where the amount stands")
        return self


class WeatherArea(Heat):
    """Where there is another allowance than the organisation's, it has its own."""

    name: Annotated[str, Field(min_length=1, max_length=40)]
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)


class Weather(Section):
    service: Literal["", "open-meteo"] = ""
    domain: str = ""
    scheme: Literal["https", "http"] = "https"
    api_key: SecretStr = SecretStr("")
    areas: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,14}$")], WeatherArea] = {}


class Geocoding(Section):
    service: Geocoder = ""
    domain: str = ""
    scheme: Literal["https", "http"] = "https"
    api_key: SecretStr = SecretStr("")


class Reminders(Section):
    lead_times: Durations = [timedelta(hours=24), timedelta(hours=2)]
    quiet_hours: str = Field("22:00-07:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$")


class Broadcasts(Section):
    approval_above: int = Field(500, ge=0)


PLATFORMS = ["美团", "饿了么", "京东", "顺丰", "滴滴", "货拉拉"]


class Membership(Section):
    platforms: Texts = Field(PLATFORMS, max_length=40)
    districts: Texts = Field([], max_length=40)
    id_number: Literal["optional", "required", "never"] = "optional"
    digest_at: Clock = time(9)


DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Activities(Section):
    digest_day: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = "monday"
    digest_at: Clock = time(10)

    @property
    def digest_on(self) -> int:
        """As datetime.weekday counts."""
        return DAYS.index(self.digest_day)


_KEPT = Retention()


class RetentionSection(Section):
    unfinished_forms: Duration = _KEPT.unfinished_forms
    decided_applications: Duration = _KEPT.decided_applications
    former_members: Duration = _KEPT.former_members
    sign_ups: Duration = _KEPT.sign_ups
    closed_cases: Duration = _KEPT.closed_cases
    reports: Duration = _KEPT.reports
    places: Duration = _KEPT.places
    logs: Duration = _KEPT.logs


class LimitsSection(Section):
    actions_per_minute: float = Field(60, gt=0, le=100_000)
    burst: int = Field(80, ge=5, le=100_000)


class BackupSection(Section):
    enabled: bool = True
    at: Clock = time(3, 30)
    keep: int = Field(14, ge=1, le=1_000)
    folder: Path = Path("backups")
    tools: str = ""


class Logging(Section):
    file: str = ""
    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["console", "json"] = "console"
