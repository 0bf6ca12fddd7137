"""The weather of an area on a day, and telling those who want to hear of it: once, in the morning."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Date, String, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage import audit
from storage.column_types import BigKey
from storage.database import Base
from storage.deliveries import queue
from storage.deliveries.table import REMINDER
from storage.dialects import add_new
from storage.heat import rules
from storage.heat.audited import WeatherAction
from storage.heat.ids import WeatherDayId
from storage.heat.notices import WeatherWarning
from storage.heat.rules import Measure, Rule, Weather
from storage.heat.wishes import WeatherWish
from storage.people.people import PersonRow
from storage.privacy.retention import Retention, forget_some
from storage.refusals import Refused
from storage.telegram_ids import PersonId

ASKED_FROM, TOLD_FROM = time(5), time(7)
FORECAST_UNTIL, SET_UNTIL = time(12), time(20)
"""What a service forecasts is told in the morning or not at all; what a coordinator sets, until the evening."""
KEPT = timedelta(days=400)
HOTTEST_HOURS = 3


class AlreadyTold(Refused):
    """Those who want to hear of this area have been told of this rule today."""


class TooLateToday(Refused):
    """It is too late to tell anybody of today."""


class WeatherDay(Base):
    """What is known of the day, in tenths; or the key of the rule that a coordinator set."""

    __tablename__ = "weather_days"
    __table_args__ = (UniqueConstraint("day", "area"),)

    id: Mapped[WeatherDayId] = mapped_column(BigKey, primary_key=True)
    day: Mapped[date] = mapped_column(Date)
    area: Mapped[str] = mapped_column(String(15))
    high: Mapped[int | None] = mapped_column(default=None)
    low: Mapped[int | None] = mapped_column(default=None)
    gust: Mapped[int | None] = mapped_column(default=None)
    hottest: Mapped[int | None] = mapped_column(default=None)
    """The first of the three hottest hours."""
    service: Mapped[str] = mapped_column(String(20), default="")
    rule: Mapped[str] = mapped_column(String(15), default="")
    told_at: Mapped[datetime | None] = mapped_column(default=None)

    @property
    def weather(self) -> Weather:
        known = {Measure.HIGH: self.high, Measure.LOW: self.low, Measure.GUST: self.gust}
        return {measure: value / 10 for measure, value in known.items() if value is not None}


TABLES = frozenset({WeatherDay.__tablename__})


class Forecast(NamedTuple):
    """Of one day: °C, °C, m/s; `hottest` is the hour at which the three hottest begin."""

    high: float
    low: float
    gust: float | None
    hottest: int


async def of(session: AsyncSession, day: date, area: str) -> WeatherDay | None:
    return await session.scalar(select(WeatherDay).where(WeatherDay.day == day, WeatherDay.area == area))


async def by_id(session: AsyncSession, day_id: WeatherDayId) -> WeatherDay | None:
    return await session.get(WeatherDay, day_id)


async def known_areas(session: AsyncSession, day: date) -> set[str]:
    """Those of which something is known today: nobody asks the service again."""
    return set(await session.scalars(select(WeatherDay.area).where(WeatherDay.day == day)))


async def note(session: AsyncSession, day: date, area: str, forecast: Forecast, service: str) -> None:
    """Keeps a forecast, unless something is known already."""
    gust = None if forecast.gust is None else round(forecast.gust * 10)
    figures = {"high": round(forecast.high * 10), "low": round(forecast.low * 10), "gust": gust}
    await add_new(session, WeatherDay, day=day, area=area, **figures, hottest=forecast.hottest, service=service)


def rules_of(row: WeatherDay, country: str) -> list[Rule]:
    """Those that hold: the one that was set, beside those by the forecast about something else."""
    found = rules.that_hold(country, row.weather)
    chosen = rules.by_key(country, row.rule) if row.rule else None
    return found if chosen is None else [chosen, *(rule for rule in found if rule.measure is not chosen.measure)]


class Place(NamedTuple):
    """An area, and whose law and clock hold there."""

    area: str
    country: str
    zone: ZoneInfo


async def set_rule(session: AsyncSession, coordinator: PersonId, place: Place, rule: Rule, now: datetime) -> None:
    """A coordinator says that a rule holds today; those who want to hear of it are told soon.

    Raises:
        AlreadyTold, TooLateToday: see the classes.
    """
    local, area = now.astimezone(place.zone), place.area
    if local.time() >= SET_UNTIL:
        raise TooLateToday
    await add_new(session, WeatherDay, day=local.date(), area=area)
    of_today = select(WeatherDay).where(WeatherDay.day == local.date(), WeatherDay.area == area)
    row = (await session.scalars(of_today.with_for_update().execution_options(populate_existing=True))).one()
    if row.told_at is not None and rule in rules_of(row, place.country):
        raise AlreadyTold
    row.rule, row.told_at = rule.key, None
    await audit.note(session, coordinator, WeatherAction.WEATHER_SET, now, about=f"{area}: {rule.key}")


async def tell_due(session: AsyncSession, country: str, zone: ZoneInfo, now: datetime) -> int:
    """Tells of today where a rule holds; returns how many are told."""
    local = now.astimezone(zone)
    if not TOLD_FROM <= local.time() < SET_UNTIL:
        return 0
    told = 0
    for row in await _untold(session, local.date()):
        is_in_time = bool(row.rule) or local.time() < FORECAST_UNTIL
        if is_in_time and rules_of(row, country):
            wanted = (
                select(WeatherWish.person_id)
                .join(PersonRow, PersonRow.id == WeatherWish.person_id)
                .where(WeatherWish.area == row.area, PersonRow.reachable)
            )
            told += await queue.tell_all(session, wanted, WeatherWarning(row.id), now, REMINDER)
        row.told_at = now
    return told


async def _untold(session: AsyncSession, day: date) -> Sequence[WeatherDay]:
    untold = select(WeatherDay).where(WeatherDay.day == day, WeatherDay.told_at.is_(None))
    return (await session.scalars(untold.with_for_update())).all()


async def in_force(session: AsyncSession, first: date, after: date, country: str) -> dict[str, int]:
    """By rule, on how many days of how many areas it held; of public weather, so nothing of it is hidden."""
    rows = await session.scalars(select(WeatherDay).where(WeatherDay.day >= first, WeatherDay.day < after))
    found: dict[str, int] = {}
    for row in rows:
        for rule in rules_of(row, country):
            found[rule.key] = found.get(rule.key, 0) + 1
    return found


async def forget(session: AsyncSession, now: datetime, _kept: Retention) -> bool:
    return await forget_some(session, WeatherDay, WeatherDay.day < (now - KEPT).date())
