"""Opening hours from files hold nobody up: what is taken is worked out in milliseconds, the rest is refused."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.background.station_directory import StationDirectory
from storage.database import Database
from storage.geodesy import Crs
from storage.hours.hours_reading import MOST_HOLIDAYS, MOST_LETTERS, MOST_RULES, TooDear, check_hours
from storage.hours.opening_hours import HoursBook, State
from storage.hours.parsed_hours import BadHours
from storage.stations import stations
from storage.stations.files import read_stations
from storage.stations.stations import Station
from tests.support.simulator import NOON

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 12, 20, 12, tzinfo=ZONE)
BOUND = 0.2
"""Seconds of CPU time for eight days: 0.001 to 0.005 on a quiet machine; before the limits it was 1.7 to 7.8."""
TRIES = 3
"""The first loads the holidays of the country, and a busy machine counts more than what was done."""
PANICS = "(dusk+23:59)-(dawn+23:59)"


def is_quick_for_eight_days(expression: str) -> bool:
    return any(spent_on_eight_days(expression) < BOUND for _ in range(TRIES))


def spent_on_eight_days(expression: str) -> float:
    book = HoursBook(ZONE, "CN")
    number = book.number(expression)
    begun = time.process_time()
    for day in range(8):
        book.hours(number, NOW + timedelta(days=day, hours=1))
        book.bring_up_to(NOW + timedelta(days=day, hours=1))
    return time.process_time() - begun


@pytest.mark.parametrize(
    ("expression", "state"),
    [
        ("2028-9999 PH Tu-Su", State.CLOSED),
        ("PH Tu-Su", State.CLOSED),
        ("easter -400 days week 53", State.CLOSED),
        ("Mo-Su 00:00-48:00", State.OPEN),
        ("Mo-Su,PH 00:00-24:00", State.OPEN),
        ("22:00-02:00; PH off", State.CLOSED),
    ],
)
def test_hours_that_took_seconds_take_milliseconds(expression: str, state: State) -> None:
    check_hours(expression)
    assert is_quick_for_eight_days(expression)
    book = HoursBook(ZONE, "CN")
    assert book.hours(book.number(expression), NOW).state is state


YEARS = ["", "2026", "2026-2030", "2028-9999", "1900-9999/2", "2026+"]
MONTHS = ["", "Jan-Mar", "Dec 25", "Feb 29", "easter", "easter -400 days", "Jan 01-Dec 31", "Dec 25 +300 days"]
WEEKS = ["", "week 53", "week 1-53/2"]
DAYS = ["", "Mo", "Mo-Su", "PH", "SH", "PH Tu-Su", "PH,Mo-Su", "Mo[1]", "Mo[-1] -400 days", "Sa-Su,PH"]
TIMES = [
    "",
    "08:00-18:00",
    "00:00-24:00",
    "00:00-48:00",
    "22:00-02:00",
    "sunrise-sunset",
    "10:00+",
    PANICS,
    "(sunrise-12:00)-(sunset+12:00)",
    "00:00-24:00/00:01",
]
ENDS = ["", "off", "unknown", '"x"']
RULES = st.tuples(*map(st.sampled_from, (YEARS, MONTHS, WEEKS, DAYS, TIMES, ENDS))).map(
    lambda parts: " ".join(part for part in parts if part)
)
EXPRESSIONS = st.one_of(
    st.builds(
        lambda rules, sign: sign.join(rules),
        st.lists(RULES, min_size=1, max_size=30),
        st.sampled_from(["; ", ", ", " || "]),
    ),
    st.builds(lambda rule, count: "; ".join([rule] * count), RULES, st.integers(1, 60)),
)


@settings(max_examples=300)
@example("off || off || 08:00-18:00 || PH,Mo-Su || PH,Mo-Su || PH,Mo-Su")
@given(EXPRESSIONS)
def test_any_hours_are_refused_or_quick(expression: str) -> None:
    try:
        check_hours(expression)
    except BadHours:
        book = HoursBook(ZONE, "CN")
        assert book.hours(book.number(expression), NOW) is not None, "what was stored before is no error"
    assert is_quick_for_eight_days(expression)


@pytest.mark.parametrize(
    "expression", ["PH; " * MOST_HOLIDAYS + "PH", "Mo 10:00-11:00; " * MOST_RULES + "Tu", "Mo " * MOST_LETTERS]
)
def test_what_is_too_dear_is_refused_by_its_line(tmp_path: Path, expression: str) -> None:
    with pytest.raises(TooDear):
        check_hours(expression)
    file = tmp_path / "stations.csv"
    file.write_text(f"id,name,latitude,longitude,opening_hours\na,A,37,116,\nb,B,37,116,{expression}\n", "utf-8")
    first, second = read_stations(file, Crs.WGS84)
    assert first.station is not None and second.station is None and second.number == 3
    assert "too complicated" in second.reason or "longer than" in second.reason


def test_the_first_hours_of_a_process_are_not_too_dear(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever comes first loads modules, beside other work: that was taken for the cost, and remembered."""
    loaded = iter([0.0, 0.4, 0.4, 0.7, 0.7, 0.701])
    monkeypatch.setattr(time, "thread_time", lambda: next(loaded))
    check_hours("07:01-22:59")


def test_a_panic_of_the_library_is_bad_hours() -> None:
    with pytest.raises(BadHours):
        check_hours(PANICS)


def test_ordinary_lists_are_not_taken_for_many_rules() -> None:
    check_hours("; ".join(["Jan,Feb,Mar,Apr Mo,Tu,We,Th,Fr 07:30-12:00,13:00-19:00,20:00-22:00"] * 6))


def test_a_search_spends_little_on_many_states_and_the_thread_does_the_rest() -> None:
    book = HoursBook(ZONE, "CN")
    numbers = [book.number(f"{'easter Mo[1] 10:00+; ' * 20}{n // 60:02d}:{n % 60:02d}-24:00") for n in range(200)]
    begun = time.process_time()
    assert book.states(NOW)[numbers[-1]] == State.UNKNOWN, "not worked out yet"
    assert time.process_time() - begun < BOUND
    assert book.is_behind(NOW) and book.hours(numbers[-1], NOW).state is State.OPEN, "what is shown is right at once"
    book.bring_up_to(NOW)
    assert not book.is_behind(NOW) and set(book.states(NOW)[numbers].tolist()) == {State.OPEN}


async def test_stored_hours_that_are_too_dear_count_as_unknown_and_are_logged_once(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async with database.writing() as session:
        await stations.put_all(
            session,
            [
                Station("dear", "D", 37.0, 116.0, opening_hours="PH; " * 20 + "PH"),
                Station("panics", "P", 37.0, 116.0, opening_hours=PANICS),
                Station("good", "G", 37.0, 116.0, opening_hours="00:00-24:00"),
            ],
            NOON,
        )
    directory = StationDirectory(database, ZONE, "CN", lambda: NOON)
    await directory.refresh()
    states = {directory.index.names[row]: directory.index.hours_of(row, NOON).state for row in range(3)}
    assert states == {"D": State.UNKNOWN, "P": State.UNKNOWN, "G": State.OPEN}
    async with database.writing() as session:
        await stations.put_all(session, [Station("more", "M", 37.0, 116.0)], NOON)
        await stations.announce_change(session)
    await directory.refresh()
    assert len(directory.index) == 4
    said = [one for one in caplog.messages if "unusable opening hours" in one]
    assert len(said) == 1 and "'count': 2" in said[0] and "dear" in said[0] and "panics" in said[0]
