"""Heat, cold and storm: by a service on this machine with its faults, or set by a coordinator; told once a day."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from bot.background.weather_watch import WeatherWatch
from bot.config.config import load
from bot.config.runtime_settings import settings_of
from bot.config.sections import Features, Heat, Weather
from bot.weather import WeatherService
from handlers.heat import presses
from handlers.heat.warning import KIND, REPORTS
from handlers.i18n import translations
from handlers.i18n.translations import translator
from storage.cases import statistics
from storage.cases.statistics import CaseCount
from storage.database import Database
from storage.heat import allowances, days, rules, wishes
from storage.operations.heat_allowance import HeatAllowance, Per
from storage.stations import stations
from storage.telegram_ids import PersonId
from tests.support.case_scripts import AtDesk, at_desk
from tests.support.config import configured
from tests.support.languages import LANGUAGES
from tests.support.privacy import erases_everything
from tests.support.settings import change_settings
from tests.support.simulator import COORDINATOR, HALL, NOON, Town, running, telegram
from tests.support.weather import Observatory, forecast, observatory
from tests.support.words.forms import SEND

MORNING = datetime(2026, 7, 2, 22, 30, tzinfo=UTC)
"""06:30 on 3 July in Dezhou."""
TODAY = date(2026, 7, 3)


@contextlib.asynccontextmanager
async def town_in_summer(database: Database, folder: Path, service: str = "", **weather: Any) -> AsyncIterator[Town]:
    async with database.writing() as session:
        await stations.put_all(session, [HALL], NOON)
    async with telegram() as (api, address):
        config = configured(folder, address)
        section = Weather.model_validate({"service": service, "scheme": "http", **weather})
        config = config.model_copy(update={"features": Features(heat=True), "weather": section})
        town = Town(database, api, config)
        town.now = MORNING
        async with running(town.app):
            yield town


async def wanting(town: Town, person_id: int, language: str = "en") -> AtDesk:
    """A rider who wants to be told."""
    rider = await at_desk(town, person_id, language)
    await rider.says("/heat")
    await rider.hears("🌡 As far as we know, no rule about heat, cold or storms applies today.")
    await rider.presses("🔔 Tell me on such days")
    await rider.hears("You'll get one message in the morning on a day when a rule applies ({area}). To stop: /heat")
    return rider


async def looks(town: Town, service: WeatherService) -> None:
    """One look at the service, and a turn of the clock."""
    context = town.context
    watch = WeatherWatch(service, town.database, context.current, context.directory, lambda: town.now)
    await watch.look()
    await town.tick("heat")
    town.deliver()


def asking(place: Observatory, timeout: float = 5) -> WeatherService:
    return WeatherService(Weather(service="open-meteo", domain=place.address, scheme="http"), timeout)


@LANGUAGES
async def test_a_hot_day_is_told_in_the_morning_and_leads_to_stations_and_into_a_case(
    database: Database, tmp_path: Path, language: str
) -> None:
    _ = translator(language)
    async with observatory() as place, town_in_summer(database, tmp_path) as town:
        rider = await wanting(town, 450, language)
        other = await at_desk(town, 451, language)
        place.answer = lambda: forecast(TODAY, 38.4)
        await looks(town, asking(place))
        assert not rider.rider.unheard  # it is 06:30, and quiet
        town.now += timedelta(minutes=40)
        await looks(town, asking(place))
        told = await rider.rider.hears_of("38.4")
        for words in ("37", "13:00–16:00", "防暑降温措施管理办法", _("⚠️ My platform ignores it")):
            assert words in str(told)
        await looks(town, asking(place))
        town.now += timedelta(hours=3)
        await looks(town, asking(place))
        assert not rider.rider.unheard and not other.rider.unheard and len(place.asked) == 1
        await rider.presses("📍 Stations nearby that help")
        await rider.rider.hears()
        await rider.says("/cancel")
        await rider.presses("⚠️ My platform ignores it")
        await rider.rider.hears_of("⚖️")
        await rider.presses("✅ I agree, let's start")
        await rider.rider.hears_of({"en": "Which platform is it about?", "zh_Hans": "和哪个平台有关"}[language])
        await rider.rider.presses("美团")
        await rider.rider.hears_of("38.4")
        await rider.says("They fined me for stopping")
        review = await rider.rider.hears_of("They fined me")
        for words in ("10:10", "暖新之家", "38.4"):
            assert words in review["text"]

        await rider.says("/cancel")
        town.now += timedelta(days=1, hours=1)
        await rider.presses("⚠️ My platform ignores it")
        await rider.rider.hears_of({"en": "Which platform is it about?", "zh_Hans": "和哪个平台有关"}[language])
        await rider.rider.presses("美团")
        later = await rider.rider.hears_of("38.4")
        assert TODAY.isoformat() in later["text"] and "11:10" not in later["text"], "nothing happened then at 11:10"


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("status", lambda: 500),
        ("nonsense", lambda: "<html>"),
        ("yesterday's", lambda: forecast(TODAY - timedelta(days=1), 41)),
        ("too long", lambda: "[" + "1," * 100_000 + "1]"),
        ("time-out", lambda: None),
    ],
)
async def test_a_fault_of_the_service_is_silence_and_the_next_good_answer_is_told(
    database: Database, tmp_path: Path, name: str, answer: Callable[[], Any]
) -> None:
    async with observatory() as place, town_in_summer(database, tmp_path) as town:
        rider = await wanting(town, 452)
        town.now += timedelta(hours=1)
        place.answer = answer
        await looks(town, asking(place, 0.2))
        assert not rider.rider.unheard, name
        place.answer = lambda: forecast(TODAY, 40)
        await looks(town, asking(place))
        assert "stop outdoor work" in str(await rider.rider.hears_of("40"))


async def test_the_service_of_the_config_is_asked_by_the_program_itself(database: Database, tmp_path: Path) -> None:
    async with observatory() as place:
        place.answer = lambda: forecast(TODAY, 36)
        async with town_in_summer(database, tmp_path, "open-meteo", domain=place.address, api_key="k") as town:
            await town.until(lambda: bool(place.asked))
            assert place.asked[0]["timezone"] == "Asia/Shanghai" and place.asked[0]["apikey"] == "k"
            assert abs(float(place.asked[0]["latitude"]) - HALL.latitude) < 0.001


async def test_after_the_morning_a_forecast_is_asked_for_no_more_and_told_no_more(
    database: Database, tmp_path: Path
) -> None:
    async with observatory() as place, town_in_summer(database, tmp_path) as town:
        rider = await wanting(town, 453)
        place.answer = lambda: forecast(TODAY, 40)
        town.now += timedelta(hours=6)
        await looks(town, asking(place))
        assert not place.asked and not rider.rider.unheard


@LANGUAGES
async def test_a_coordinator_sets_a_rule_with_two_presses_and_says_it_once(
    database: Database, tmp_path: Path, language: str
) -> None:
    _ = translator(language)
    async with town_in_summer(database, tmp_path) as town:
        rider = await wanting(town, 454, language)
        stopped = await wanting(town, 455, language)
        await stopped.says("/heat")
        await stopped.rider.hears_of("🌡")
        await stopped.presses("🔕 Stop telling me")
        await stopped.hears("I won't tell you about such days any more. To start again: /heat")
        town.now += timedelta(hours=8)  # 14:30
        coordinator = await at_desk(town, COORDINATOR, language)
        await coordinator.says("/heat")
        await coordinator.rider.hears_of("🌡")
        await coordinator.rider.presses("≥ 40 °C")
        await coordinator.rider.hears_of("40")
        await coordinator.rider.presses("📣 暖新之家")
        await coordinator.hears("Set for today ({area}). People are told within a minute, but not before 07:00.")
        await town.tick("heat")
        town.deliver()
        assert _("Announced by {organisation}").format(organisation="暖新之家") in (await rider.rider.hears())["text"]
        await coordinator.rider.forges(presses.SET_RULE.data("heat40", "all"))
        await coordinator.rider.is_told(_("Everyone who wants to hear about it has been told of this rule today."))
        await rider.rider.forges(presses.SET_RULE.data("heat37", "all"))
        await town.tick("heat")
        town.deliver()
        await rider.says("/heat")
        assert "40" in (await rider.rider.hears_of("暖新之家"))["text"]
        assert not stopped.rider.unheard
        await coordinator.says("/stats")
        await coordinator.rider.hears_of("📊")
        await coordinator.presses("🌡 Weather")
        assert (
            translations.plural_in(language, "{n} day", "{n} days", 1).format(n=1)
            in (await coordinator.rider.hears_of("≥ 40 °C"))["text"]
        )
        if language == "en":
            await rider.says("/privacy")
            await rider.rider.hears_of("/heat")
            await erases_everything(rider.rider)
            async with database.reading() as session:
                assert await wishes.counts(session) == {}


async def sets_rule(town: Town, rule: str, area: str = "all") -> None:
    """As the coordinator's two presses do."""
    chosen = rules.by_key("CN", rule)
    assert chosen is not None
    async with town.database.writing() as session:
        place = days.Place(area, "CN", ZoneInfo("Asia/Shanghai"))
        await days.set_rule(session, PersonId(COORDINATOR), place, chosen, town.now)


@LANGUAGES
async def test_the_allowance_of_the_config_is_told_on_hot_days_with_its_source(
    database: Database, tmp_path: Path, language: str
) -> None:
    _ = translator(language)
    async with town_in_summer(database, tmp_path) as town:
        town.now += timedelta(hours=8)
        coordinator = await at_desk(town, COORDINATOR, language)
        said = _("High-temperature allowance here: {amount}").split("{")[0]
        for months, rule, is_told in (((7, 8), "heat37", True), ((1,), "heat40", False), ((), "storm", False)):
            change_settings(
                town.app, heat_allowance=HeatAllowance(30_000, Per.MONTH, frozenset(months), "鲁人社 <2015> 1号")
            )
            await sets_rule(town, rule)
            await coordinator.says("/heat")
            page = await coordinator.rider.hears_of("暖新之家")
            assert (said in page["text"] and "300" in page["text"]) is is_told
            assert ("鲁人社 <2015> 1号" in page["text"]) is is_told


@LANGUAGES
async def test_the_allowance_of_a_province_is_told_with_its_year(
    database: Database, tmp_path: Path, language: str
) -> None:
    _ = translator(language)
    async with town_in_summer(database, tmp_path) as town:
        town.now += timedelta(hours=8)
        coordinator = await at_desk(town, COORDINATOR, language)
        for province, amount in (("CN-SD", _("{amount} a month")), ("CN-SN", _("{amount} a day"))):
            change_settings(town.app, heat_allowance=allowances.by_province()[province])
            await sets_rule(town, "heat37")
            await coordinator.says("/heat")
            page = (await coordinator.rider.hears_of("暖新之家"))["text"]
            assert amount.split("}")[1] in page and "2016" in page and "China Daily" in page


@LANGUAGES
async def test_each_area_has_the_allowance_of_its_province(database: Database, tmp_path: Path, language: str) -> None:
    _ = translator(language)
    dezhou = {"name": "德州", "latitude": 37.43, "longitude": 116.36}
    areas = {
        "dezhou": {**dezhou, "province": "CN-SD"},
        "hebei": {**dezhou, "name": "衡水", "province": "CN-HE"},
        "elsewhere": {**dezhou, "name": "别处"},
    }
    async with town_in_summer(database, tmp_path, areas=areas) as town:
        town.now += timedelta(hours=8)
        change_settings(town.app, heat_allowance=HeatAllowance(12_300, Per.DAY, source="ours"))
        coordinator = await at_desk(town, COORDINATOR, language)
        for area in areas:
            await sets_rule(town, "heat37", area)
        await coordinator.says("/heat")
        page = (await coordinator.rider.hears_of("德州"))["text"]
        for name, amount, unit in (("德州", "¥200", "month"), ("衡水", "¥2", "hour"), ("别处", "¥123", "day")):
            of_area = page.partition(name)[2].partition("<b>")[0]
            assert _(f"{{amount}} {'an' if unit == 'hour' else 'a'} {unit}").format(amount=amount) in of_area


def test_an_allowance_of_ones_own_takes_the_place_of_the_provinces() -> None:
    known = load(Path("none.toml"))
    for section, amount in (
        (Heat(province="CN-SH"), 30_000),
        (Heat(province="CN-SH", allowance=320, allowance_source="x"), 32_000),
        (Heat(), 0),
    ):
        assert settings_of(known.model_copy(update={"heat": section})).heat_allowance.amount == amount
    with pytest.raises(ValidationError, match="CN-XZ"):
        Heat(province="CN-XZ")


def test_an_allowance_without_a_source_is_refused() -> None:
    Heat(allowance=300, allowance_source="x")
    with pytest.raises(ValidationError, match="allowance_source"):
        Heat(allowance=300)


async def reports(town: Town, person: int, language: str) -> None:
    """Sends in what the button under a rule begins."""
    rider = await at_desk(town, person, language)
    await rider.says("/heat")
    await rider.rider.hears_of("40")
    await rider.presses("⚠️ My platform ignores it")
    await rider.rider.hears_of("⚖️")
    await rider.presses("✅ I agree, let's start")
    await rider.rider.hears_of({"en": "Which platform is it about?", "zh_Hans": "和哪个平台有关"}[language])
    await rider.rider.presses("美团")
    await rider.rider.hears_of("40")
    await rider.says("They fined me for stopping")
    await rider.presses("✔ That's all")
    await rider.rider.hears_of("They fined me")
    await rider.presses(SEND)
    await rider.rider.hears_of("L-2026-")


@LANGUAGES
async def test_reports_of_ignored_rules_have_a_counter_of_their_own(
    database: Database, tmp_path: Path, language: str
) -> None:
    """Presses are not counted, nor is anybody twice a month; nothing is shown of fewer than five."""
    _ = translator(language)
    async with town_in_summer(database, tmp_path) as town:
        town.now += timedelta(hours=8)
        coordinator = await at_desk(town, COORDINATOR, language)
        await coordinator.rider.forges(presses.SET_RULE.data("heat40", "all"))
        await coordinator.hears("Set for today ({area}). People are told within a minute, but not before 07:00.")
        await reports(town, 457, language)
        presser = await at_desk(town, 458, language)
        await presser.says("/heat")
        await presser.rider.hears_of("40")
        await presser.presses("⚠️ My platform ignores it")
        await presser.rider.hears_of("⚖️")

        async def counted() -> int:
            async with database.reading() as session:
                rows = await session.scalars(select(CaseCount).where(CaseCount.desk == REPORTS))
                return sum(row.count for row in rows)

        assert await counted() == 1
        said = _("people who reported that their platform ignores a rule: {n}")
        monday = TODAY - timedelta(days=TODAY.weekday())  # a week shows the month of its first day
        for others, is_shown in ((4, False), (1, True)):
            async with database.writing() as session:
                for _at in range(others):
                    await statistics.add(session, REPORTS, f"{monday:%Y-%m}", KIND, "")
            await coordinator.says("/stats")
            await coordinator.rider.hears_of("📊")
            await coordinator.presses("🌡 Weather")
            page = await coordinator.rider.hears_of("≥ 40 °C")
            assert (said.format(n=5) in page["text"]) is is_shown
            assert (said.split("{")[0] in page["text"]) is is_shown


async def test_switched_off_there_is_neither_command_nor_message(town: Town) -> None:
    rider = await at_desk(town, 456)
    await rider.says("/heat")
    await rider.hears("I don't know this command.")
    await rider.rider.forges(presses.WANT.data("all"))
    await town.tick("heat")
