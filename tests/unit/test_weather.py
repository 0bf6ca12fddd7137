"""Which rule holds in which weather; and that what a service says is taken only if all of it is as it must be."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import weather
from bot.weather import NoForecast
from handlers.i18n.translations import LANGUAGES
from storage.heat import rules
from storage.heat.days import Forecast
from storage.heat.rules import Measure
from tests.support.simulator import DEZHOU
from tests.support.weather import forecast

TODAY = date(2026, 7, 3)
ZONE = "Asia/Shanghai"


@pytest.mark.parametrize(
    ("country", "high", "rule"),
    [
        ("CN", 34.9, None),
        ("CN", 35, "heat35"),
        ("CN", 36.9, "heat35"),
        ("CN", 37, "heat37"),
        ("CN", 39.9, "heat37"),
        ("cn", 40, "heat40"),
        ("GB", 40, "hot35"),
        ("GB", 30, None),
    ],
)
def test_the_strictest_rule_of_the_country_holds(country: str, high: float, rule: str | None) -> None:
    assert [one.key for one in rules.that_hold(country, {Measure.HIGH: high})] == ([rule] if rule else [])


def test_cold_and_storm_are_advice_everywhere_and_law_has_its_source_in_each_language() -> None:
    found = rules.that_hold("CN", {Measure.HIGH: 38, Measure.LOW: -12, Measure.GUST: 21})
    assert [(rule.key, bool(rule.source)) for rule in found] == [("heat37", True), ("cold10", False), ("storm", False)]
    for rule in (*rules.of_country("CN"), *rules.of_country("GB")):
        assert rule.words.keys() == LANGUAGES.keys() and (not rule.source or rule.source.keys() == LANGUAGES.keys())
    assert all(not rule.source for rule in rules.of_country("GB"))


def taken(answer: Any) -> Forecast:
    return weather.read(answer, *DEZHOU, TODAY, ZONE)


def test_a_whole_forecast_is_taken_with_the_three_hottest_hours() -> None:
    assert taken(forecast(TODAY, 38.4)) == Forecast(38.4, 24.0, 5.0, 13)
    without_gusts = forecast(TODAY, 38.4)
    del without_gusts["daily"]["wind_gusts_10m_max"]
    assert taken(without_gusts).gust is None


FAULTS: dict[str, tuple[tuple[str, ...], Any]] = {
    "yesterday's": (("daily", "time"), [(TODAY - timedelta(days=1)).isoformat()]),
    "several days": (("daily", "time"), [TODAY.isoformat(), "2026-07-04"]),
    "hours of yesterday": (("hourly", "time"), ["2026-07-02T00:00"] * 24),
    "too few hours": (("hourly", "temperature_2m"), [38.4]),
    "hours that are missing": (("hourly", "temperature_2m"), [None] * 24),
    "another place": (("latitude",), 22.5),
    "another zone": (("timezone",), "GMT"),
    "Fahrenheit": (("daily_units", "temperature_2m_max"), "°F"),
    "km/h": (("daily_units", "wind_gusts_10m_max"), "km/h"),
    "no figure": (("daily", "temperature_2m_max"), [None]),
    "a text": (("daily", "temperature_2m_max"), ["38.4"]),
    "true": (("daily", "temperature_2m_max"), [True]),
    "not a number": (("daily", "temperature_2m_max"), [float("nan")]),
    "hotter than ever": (("daily", "temperature_2m_max"), [101.1]),
    "against its hours": (("daily", "temperature_2m_max"), [43.0]),
    "colder than its hours": (("daily", "temperature_2m_min"), [2.0]),
    "a gust of another planet": (("daily", "wind_gusts_10m_max"), [900]),
    "no hours": (("hourly",), None),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_not_as_it_must_be_is_no_forecast(fault: str) -> None:
    answer, (path, value) = forecast(TODAY, 38.4), FAULTS[fault]
    inner: Any = answer
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    with pytest.raises(NoForecast):
        taken(answer)


_NONSENSE = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["daily", "hourly", "daily_units", "hourly_units", "latitude", "timezone", ""]), _NONSENSE)
def test_nonsense_in_any_place_is_no_forecast_and_no_error(key: str, nonsense: Any) -> None:
    answer: Any = deepcopy(forecast(TODAY, 38.4))
    if key:
        answer[key] = nonsense
    else:
        answer = nonsense
    try:
        found = taken(answer)
    except NoForecast:
        return
    assert found.high == 38.4 and key in ("latitude", "daily_units")
