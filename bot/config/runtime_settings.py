"""The settings in force: those of the config, with what was changed in the chat over them.

A change is checked by the very rules of the config file. It takes effect at once in the process that made it, and
within a second in every other one (they watch a counter, see storage/coordination/change_counters.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.config.config import Config
from bot.config.desks import desks
from bot.config.loopback import pages_url
from bot.config.sections import Heat, WeatherArea
from bot.observability.logs import logger
from handlers.chat.ports import NotValid
from storage.database import Database
from storage.heat import allowances
from storage.hours.quiet_hours import QuietHours
from storage.operations import settings
from storage.operations.heat_allowance import HeatAllowance
from storage.operations.help_areas import HelpArea
from storage.operations.organisation import CurrentSettings, Joining, MinimumPay, Organisation, Settings
from storage.operations.weather_areas import WHOLE, Area
from storage.people.staff import Staff
from storage.privacy.retention import Retention

log = logger("bot.config.runtime_settings")


def staff_of(config: Config) -> Staff:
    """The people whom the config file names."""
    named = config.people
    return Staff(frozenset(named.admins), frozenset(named.coordinators), frozenset(named.counsel))


def settings_of(config: Config) -> Settings:
    """The snapshot that this config makes."""
    section, membership = config.organisation, config.membership
    zone = ZoneInfo(section.timezone)
    return Settings(
        organisation=Organisation(section.name, zone, section.language, section.country, section.hotline),
        quiet_hours=QuietHours.of(config.reminders.quiet_hours, zone),
        retention=Retention(**config.retention.model_dump()),
        joining=Joining(membership.platforms, membership.districts, membership.id_number),
        desks=desks(config.desks, config.features.off),
        lead_times=tuple(config.reminders.lead_times),
        greeting={str(language): text for language, text in section.greeting.items()},
        approval_above=config.broadcasts.approval_above,
        public_url=config.web.public_url.rstrip("/"),
        pages_url=pages_url(config.web.public_url, config.telegram.api_base_url),
        minimum_pay=MinimumPay(round(config.pay.minimum_hourly * 100), config.pay.minimum_source),
        heat_allowance=_heat_allowance(config.heat),
        weather_areas=_areas(config),
        help_within=config.sos.radius_km * 1_000,
        help_areas=[
            HelpArea(one.name, one.latitude, one.longitude, one.radius_km * 1_000) for one in config.sos.areas.values()
        ],
        digest_at=membership.digest_at,
        week_digest_on=config.activities.digest_on,
        week_digest_at=config.activities.digest_at,
    )


def _heat_allowance(section: Heat) -> HeatAllowance:
    """Its own, or the province's."""
    if not section.allowance and section.province:
        return allowances.by_province()[section.province]
    return HeatAllowance(
        round(section.allowance * 100), months=frozenset(section.allowance_months), source=section.allowance_source
    )


def _own_allowance(section: WeatherArea) -> HeatAllowance | None:
    return _heat_allowance(section) if section.allowance or section.province else None


def _areas(config: Config) -> Sequence[Area]:
    """Those of the config; one of the whole organisation, if it names none."""
    if not config.features.heat:
        return ()
    named = [
        Area(key, one.name, (one.latitude, one.longitude), _own_allowance(one))
        for key, one in config.weather.areas.items()
    ]
    return named or [Area(WHOLE, config.organisation.name)]


class RuntimeSettings:
    """Implements handlers.chat.ports.SettingsEditor, and replaces the snapshot in `current` when a setting changes."""

    def __init__(self, config: Config, database: Database) -> None:
        self.current = CurrentSettings(settings_of(config))
        self._config = config
        self._database = database
        self._in_force = config
        self._reading = asyncio.Lock()

    def checked(self, name: str, value: object) -> object:
        """See handlers.chat.ports.SettingsEditor."""
        try:
            return _value(_with(self._config, name, value), name)
        except ValidationError as error:
            raise NotValid(name) from error

    def value(self, name: str) -> object:
        """See handlers.chat.ports.SettingsEditor."""
        return _value(self._in_force, name)

    async def refresh(self) -> None:
        """See handlers.chat.ports.SettingsEditor. One reading after another: an earlier one that ends later would put
        back what it saw."""
        async with self._reading, self._database.reading() as session:
            await self._read(session)

    async def _read(self, session: AsyncSession) -> None:
        config = self._config
        for name, value in sorted((await settings.read_all(session)).items()):
            try:
                config = _with(config, name, value)
            except (ValidationError, AttributeError, KeyError, ValueError):
                log.warning("ignored an invalid setting from the chat; the config file applies", name=name)
        if config is not self._in_force:
            self._in_force = config
            self.current.replace(settings_of(config))


def _parts(name: str) -> tuple[str, str, str]:
    """(section, key of a table in it or "", key): "reminders.quiet_hours", "desks.legal.answers"."""
    section, *between, key = name.split(".")
    return section, ".".join(between), key


def _value(config: Config, name: str) -> object:
    section, table, key = _parts(name)
    holder = getattr(config, section)
    return getattr(holder[table] if table else holder, key)


def _with(config: Config, name: str, value: object) -> Config:
    section, table, key = _parts(name)
    holder = getattr(config, section)
    one = holder[table] if table else holder
    changed = type(one).model_validate({**one.model_dump(), key: value})
    return config.model_copy(update={section: {**holder, table: changed} if table else changed})
