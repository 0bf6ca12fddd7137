"""The configuration: a TOML file, overridden by the environment; every fault is one clear line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from bot.config import old_desk_keys
from bot.config.desks import DeskSection, Key, desk_faults, merged
from bot.config.environment import PREFIX, Environment, unknown_variables
from bot.config.old_desk_keys import OldKey
from bot.config.values import Clock, Country, DatabaseUrl, Duration, Durations, Geocoder, Ids, Texts
from bot.config.webhook import webhook_faults
from storage.encryption import BadKey, decode_key
from storage.privacy.retention import Retention


class BadConfig(Exception):
    """The config can't be used; `lines` has one sentence a fault."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


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


class Config(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True, hide_input_in_errors=True
    )

    telegram: Telegram = Telegram()
    data: Data = Data()
    database: DatabaseSection = DatabaseSection()
    web: Web = Web()
    people: People = People()
    organisation: OrganisationSection = OrganisationSection()
    security: Security = Security()
    geocoding: Geocoding = Geocoding()
    reminders: Reminders = Reminders()
    broadcasts: Broadcasts = Broadcasts()
    membership: Membership = Membership()
    activities: Activities = Activities()
    desks: dict[Key, DeskSection] = {}
    retention: RetentionSection = RetentionSection()
    limits: LimitsSection = LimitsSection()
    backup: BackupSection = BackupSection()
    logging: Logging = Logging()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 (the signature is pydantic's)
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment goes before the file (which comes in as the init values)."""
        return Environment(settings_cls), init_settings

    @property
    def log_file(self) -> Path | None:
        return Path(self.logging.file) if self.logging.file else None

    @property
    def token(self) -> str:
        return self.telegram.token.get_secret_value()


class Loaded(NamedTuple):
    config: Config
    warnings: list[str]
    """What still works but won't in the next release, one sentence each."""


def load(path: Path) -> Config:
    """`load_with_warnings` for whoever has nobody to warn."""
    return load_with_warnings(path).config


def load_with_warnings(path: Path) -> Loaded:
    """Reads the config; a missing file means the defaults. Relative paths count from the file's folder.

    Raises:
        BadConfig: see the class.
    """
    values = _read(path)
    old = list(old_desk_keys.find(values, str(path)))
    values = old_desk_keys.renamed(values)
    values["desks"] = merged(values.get("desks"))
    faults = unknown_variables(Config.model_fields)
    try:
        old += old_desk_keys.find(EnvSettingsSource(Config)(), "environment")
        faults += [key.conflict for key in old if key.beside_new]
        config = Config(**values)
    except ValidationError as error:
        raise BadConfig([_line(dict(fault), old) for fault in error.errors()] + faults) from None
    except ValueError as error:  # pydantic-settings, for a variable that is no JSON
        raise BadConfig([f"environment: {error}", *faults]) from None
    faults += _contradictions(config)
    if faults:
        raise BadConfig(faults)
    return Loaded(_with_places(config, path.resolve().parent), [key.warning for key in old])


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadConfig([f"{path}: not valid TOML: {error}"]) from None
    except OSError as error:
        raise BadConfig([f"{path}: can't be read: {error.strerror}"]) from None


def _line(fault: dict[str, Any], old: Sequence[OldKey]) -> str:
    where = old_desk_keys.as_written(".".join(str(part) for part in fault["loc"]), old)
    if fault["type"] == "extra_forbidden":
        return f"{where}: unknown key"
    return f"{where}: {str(fault['msg']).removeprefix('Value error, ')}"


def _contradictions(config: Config) -> list[str]:
    telegram, faults = config.telegram, desk_faults(config.desks)
    if telegram.mode == "webhook" and config.token:
        secret = telegram.webhook_secret.get_secret_value()
        faults += webhook_faults(telegram.webhook_url, secret, telegram.api_base_url)
    return faults


def default_database(folder: Path) -> str:
    """The URL of the database in a data folder."""
    return f"sqlite+aiosqlite:///{folder / 'nuanxin.db'}"


def _with_places(config: Config, base: Path) -> Config:
    """Makes relative paths absolute, those of a SQLite URL included."""
    folder = (base / config.data.folder).resolve()
    url = config.database.url or default_database(folder)
    found = re.match(r"sqlite\+aiosqlite:///(?!/)(.+)", url)
    if found and found[1] != ":memory:":
        url = f"sqlite+aiosqlite:///{(base / found[1]).resolve()}"
    file = str((base / config.logging.file).resolve()) if config.logging.file else ""
    logging = config.logging.model_copy(update={"file": file})
    backup = config.backup.model_copy(update={"folder": (folder / config.backup.folder).resolve()})
    return config.model_copy(
        update={"data": Data(folder=folder), "database": DatabaseSection(url=url), "logging": logging, "backup": backup}
    )
