"""The settings in force: those of the config, with what was changed in the chat over them.

A change is checked by the very rules of the config file. It holds at once in the process that made it, and within a
second in every other one (they watch a counter, see storage/coordination/change_counters.py).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.config.config import Config
from bot.config.desks import desks
from bot.observability.logs import logger
from handlers.chat.context import House, Joining, NotValid
from schedules.context import Settings
from storage.hours.quiet_hours import QuietHours
from storage.operations import settings

log = logger("bot.config.runtime_settings")


class Tuning:
    """Implements handlers.house.Tuning; keeps the house and the clock's settings in step."""

    def __init__(self, config: Config, house: House, clock: Settings) -> None:
        self._config = config
        self._house = house
        self._clock = clock
        self._in_force = config

    def checked(self, name: str, value: Any) -> Any:
        """See handlers.house.Tuning."""
        try:
            return _value(_with(self._config, name, value), name)
        except ValidationError as faults:
            raise NotValid(name) from faults

    def value(self, name: str) -> Any:
        """See handlers.house.Tuning."""
        return _value(self._in_force, name)

    async def refresh(self) -> None:
        """See handlers.house.Tuning."""
        async with self._house.database.reading() as session:
            await self.read(session)

    async def read(self, session: AsyncSession) -> None:
        """Takes up what the database holds now."""
        config = self._config
        for name, value in sorted((await settings.read_all(session)).items()):
            try:
                config = _with(config, name, value)
            except (ValidationError, AttributeError, KeyError, ValueError):
                log.warning("a setting of the chat does not fit this program; the config's holds", name=name)
        self._in_force = config
        self._hand_out(config)

    def _hand_out(self, config: Config) -> None:
        house, clock = self._house, self._clock
        house.organisation = replace(house.organisation, hotline=config.organisation.hotline)
        house.greeting = {str(language): text for language, text in config.organisation.greeting.items()}
        house.lead_times = tuple(config.reminders.lead_times)
        membership = config.membership
        house.joining = Joining(membership.platforms, membership.districts, membership.id_number)
        house.quiet_hours = clock.quiet_hours = QuietHours.of(config.reminders.quiet_hours, house.organisation.zone)
        house.desks = clock.desks = desks(config.desks)
        clock.digest_at = membership.digest_at
        clock.week_digest_on, clock.week_digest_at = config.activities.digest_on, config.activities.digest_at


def _parts(name: str) -> tuple[str, str, str]:
    """(section, key of a table in it or "", key): "reminders.quiet_hours", "desks.legal.answers"."""
    section, *between, key = name.split(".")
    return section, ".".join(between), key


def _value(config: Config, name: str) -> Any:
    section, table, key = _parts(name)
    holder = getattr(config, section)
    return getattr(holder[table] if table else holder, key)


def _with(config: Config, name: str, value: Any) -> Config:
    section, table, key = _parts(name)
    holder = getattr(config, section)
    one = holder[table] if table else holder
    changed = type(one).model_validate({**one.model_dump(), key: value})
    return config.model_copy(update={section: {**holder, table: changed} if table else changed})


def plain(value: Any) -> Any:
    """As JSON holds it, to be kept."""
    return orjson.loads(orjson.dumps(value, default=str))
