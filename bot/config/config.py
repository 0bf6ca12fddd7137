"""The configuration: a TOML file, overridden by the environment; every fault is one clear line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from bot.config import old_desk_keys
from bot.config.desks import DeskSection, Key, desk_faults, merged
from bot.config.environment import PREFIX, Environment, unknown_variables
from bot.config.old_desk_keys import OldKey
from bot.config.sections import (
    Activities,
    BackupSection,
    Broadcasts,
    Data,
    DatabaseSection,
    Features,
    Geocoding,
    Heat,
    LimitsSection,
    Logging,
    Map,
    Membership,
    OrganisationSection,
    Pay,
    People,
    Reminders,
    RetentionSection,
    Security,
    Sos,
    Telegram,
    Weather,
    Web,
)
from bot.config.webhook import webhook_faults


class BadConfig(Exception):
    """The config can't be used; `lines` has one sentence a fault."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


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
    features: Features = Features()
    pay: Pay = Pay()
    sos: Sos = Sos()
    map: Map = Map()
    geocoding: Geocoding = Geocoding()
    weather: Weather = Weather()
    heat: Heat = Heat()
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
    faults += [
        f"desks.{key}.feature: there is no feature {section.feature!r}"
        for key, section in config.desks.items()
        if section.feature and section.feature not in Features.model_fields
    ]
    if config.map.tiles and config.map.pmtiles:
        faults.append("map.pmtiles: there is an address of tiles as well; name one of them")
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
    base_map = str((base / config.map.pmtiles).resolve()) if config.map.pmtiles else ""
    backup = config.backup.model_copy(update={"folder": (folder / config.backup.folder).resolve()})
    return config.model_copy(
        update={
            "data": Data(folder=folder),
            "database": DatabaseSection(url=url),
            "map": config.map.model_copy(update={"pmtiles": base_map}),
            "logging": logging,
            "backup": backup,
        }
    )
