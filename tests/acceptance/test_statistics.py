"""The figures: what is counted and how it is shown; and that nothing of it points to one person."""

from __future__ import annotations

import asyncio
import io
import tempfile
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.pictures import charts, coverage_map
from handlers.chat.pictures import Cell, Legend
from handlers.i18n.periods import labels
from handlers.i18n.translations import LANGUAGES
from storage import schema
from storage.activities import attendance, participants, planning, sign_ups
from storage.activities.activities import Kind as ActivityKind
from storage.activities.ids import ActivityId
from storage.activities.planning import Plan
from storage.broadcasts.broadcasts import Broadcast, BroadcastState
from storage.broadcasts.ids import BroadcastId
from storage.cases import cases
from storage.cases.table import CaseContent
from storage.database import Database
from storage.deliveries import of_broadcasts
from storage.deliveries import retention as delivery_retention
from storage.deliveries.table import Delivery, State
from storage.disclosure import HIDDEN, MIN_CELL_SIZE
from storage.membership import memberships
from storage.privacy.retention import Retention
from storage.stations import searches
from storage.stations.ids import SearchId
from storage.stations.searches import Search
from storage.statistics import report, statistics
from storage.statistics import searches as search_statistics
from storage.statistics.periods import Period, PeriodUnit
from storage.statistics.searches import AMENITY, BARE, HOUR, PLACE, SAMPLE, SearchFigure, Seen
from storage.telegram_ids import PersonId
from tests.support.case_scripts import at_desk
from tests.support.databases import new_file, opened
from tests.support.simulator import COORDINATOR, DEZHOU, NOON, Rider, Town
from tests.support.words.chat import STAFF_ONLY, WELCOME
from tests.support.words.stations import NEAREST_STATIONS
from tests.support.words.statistics import BY_HOUR, MISSING_STATIONS

SHANGHAI = ZoneInfo("Asia/Shanghai")
FAR = (38.01, 117.01)
"""Far from every station of the town."""


async def coordinator_of(town: Town) -> Rider:
    coordinator = town.rider(COORDINATOR)
    await coordinator.says("/start")
    await coordinator.hears_of(WELCOME)
    return coordinator


async def searched(town: Town, people: range, place: tuple[float, float], times: int = 1) -> None:
    async with town.database.writing() as session:
        rows = [
            Search(SearchId(1_000 * person + at + int(place[0] * 7)), PersonId(person), town.now, *place)
            for person in people
            for at in range(times)
        ]
        await searches.add_all(session, rows)
    await town.tick("figures")


async def test_what_riders_search_shows_in_the_chat_once_the_clock_has_counted_it(town: Town) -> None:
    coordinator = await coordinator_of(town)
    await searched(town, range(1, 8), DEZHOU, 2)
    await searched(town, range(20, 26), FAR)
    await searched(town, range(40, 44), (36.0, 115.0))
    await coordinator.says("/stats")
    page = await coordinator.hears_of("Week 48")
    assert "People who searched: 15 (<5)" in page["text"] and "within 2 km: 10 (<5)" in page["text"]
    assert "Members: <5 (<5)" in page["text"] and "so far" in page["text"]
    await coordinator.presses(BY_HOUR)
    assert "Busiest at 12:00" in (await coordinator.hears_of("By hour"))["caption"]
    await coordinator.presses(MISSING_STATIONS)
    gaps = (await coordinator.hears_of("Station gaps"))["caption"]
    assert "38.01, 117.01" in gaps and "from" in gaps and ": 5" in gaps and "36.01" not in gaps, "four are too few"
    await coordinator.presses("📄 As CSV")
    await coordinator.until(lambda: "document" in coordinator.heard[-1])
    upload = town.world.files.get(coordinator.heard[-1]["document"]["file_id"])
    assert upload is not None
    table = upload.content.decode("utf-8-sig").splitlines()
    assert 'no_station_near,"38.01,117.01",5,<5' in table and "people_who_searched,2026-W48,15,<5" in table
    assert "36.01" not in upload.content.decode()
    await coordinator.presses("Month")
    await coordinator.hears_of("November 2026")
    await coordinator.presses("Year")
    await coordinator.hears_of("📊 2026")
    await coordinator.presses("◀ Previous")
    assert "People who searched, in the busiest week: <5 (<5)" in (await coordinator.hears_of("2025"))["text"]


async def test_the_pages_only_read(town: Town) -> None:
    """What they open is never committed; counting is the clock's."""
    routes = town.app.services.routes
    pages = [routes.commands["stats"], *(route for name, route in routes.presses.items() if name.startswith("stats"))]
    assert len(pages) == 5 and not any(route.writes for route in pages)


async def test_a_report_hides_what_is_too_small(database: Database) -> None:
    week = Period.of(PeriodUnit.WEEK, NOON.date(), 0)
    async with database.writing() as session:
        for person in range(1, 5):
            await memberships.create(session, PersonId(person), {"name": "李雷"}, NOON)
        few = await report.members(session, week, SHANGHAI)
        assert (few.at_end, few.joined, few.left) == (HIDDEN, HIDDEN, HIDDEN)
        assert (await report.activities(session, week, SHANGHAI)).stars is HIDDEN
        await memberships.create(session, PersonId(5), {"name": "韩梅梅"}, NOON)
        by_stretch = (await report.members(session, week, SHANGHAI)).joined_by_stretch
        assert by_stretch == [HIDDEN, 5, *[HIDDEN] * 5]


async def test_one_riders_many_searches_are_nobodys_figure(town: Town) -> None:
    coordinator = await coordinator_of(town)
    await searched(town, range(7, 8), FAR, 40)
    await coordinator.says("/stats")
    page = await coordinator.hears_of("Week 48")
    assert "People who searched: <5" in page["text"] and "40" not in page["text"]
    for view in (BY_HOUR, MISSING_STATIONS):
        await coordinator.presses(view)
        await coordinator.hears_of("too little to show")


async def test_how_often_one_of_many_searched_is_in_no_figure(town: Town) -> None:
    """Six people at noon, one of whom searched forty times."""
    coordinator = await coordinator_of(town)
    await searched(town, range(1, 7), DEZHOU)
    await searched(town, range(6, 7), DEZHOU, 40)
    await coordinator.says("/stats")
    assert "People who searched: 5 " in (await coordinator.hears_of("Week 48"))["text"]
    async with town.database.reading() as session:
        for unit in PeriodUnit:
            for kind in (HOUR, PLACE):
                found = await report.cells(session, Period.of(unit, NOON.date(), 0), kind)
                assert list(found.values()) == [5]


async def test_what_riders_filter_for_is_counted(town: Town) -> None:
    coordinator = await coordinator_of(town)
    for person in range(1, 7):
        rider = town.rider(person)
        await rider.shares()
        await rider.hears_of(NEAREST_STATIONS)
        await rider.presses("🔎 Filter")
        await rider.hears_of("What do you need?")
        await rider.presses("water")
        await rider.hears_of(NEAREST_STATIONS)
    await town.tick("figures")
    await coordinator.says("/stats")
    await coordinator.hears_of("Week 48")
    await coordinator.presses("🔎 Searched for")
    await coordinator.hears_of("Searched for")
    async with town.database.reading() as session:
        week = Period.of(PeriodUnit.WEEK, NOON.date(), 0)
        assert await report.cells(session, week, AMENITY) == {"water": 5}


async def an_activity(session: AsyncSession) -> None:
    """Seven signed up, six came."""
    plan = Plan("3x3", ActivityKind.SPORT, NOON + timedelta(hours=1), NOON + timedelta(hours=2), places=20)
    row = await planning.create(session, plan, COORDINATOR, NOON)
    await planning.publish(session, row.id, NOON)
    for person in range(1, 8):
        await sign_ups.sign_up(session, row.id, PersonId(person), NOON, is_member=False)
    for person in range(1, 7):
        await attendance.check_in(session, row.id, PersonId(person), NOON, is_member=False)
        await attendance.rate(session, row.id, PersonId(person), 4 + person % 2)


async def a_broadcast(session: AsyncSession) -> None:
    """To nine, of whom eight got it."""
    session.add(
        Broadcast(
            id=1,
            author=COORDINATOR,
            state=BroadcastState.DONE,
            content=b"x",
            segment="{}",
            topic="news",
            total=9,
            starts_at=NOON,
            created_at=NOON,
            started_at=NOON,
            finished_at=NOON,
        )
    )
    await session.flush()
    for person in range(1, 10):
        session.add(
            Delivery(
                recipient=person,
                priority=3,
                due=NOON,
                kind="broadcast",
                broadcast_id=1,
                state=State.SENT if person < 9 else State.FAILED,
                done_at=NOON,
            )
        )


async def worked(database: Database) -> None:
    """Eight members, an activity with six who came, a broadcast to nine, six cases."""
    async with database.writing() as session:
        for person in range(1, 9):
            await memberships.create(session, PersonId(person), {"name": "李雷"}, NOON)
        await an_activity(session)
        await a_broadcast(session)
        for person in range(1, 7):
            case = await cases.open_case(
                session, "legal", "L", PersonId(person), CaseContent("pay"), 1, 2026, NOON + timedelta(hours=24), NOON
            )
            case.first_answer_at = NOON + timedelta(hours=person)
            case.closed_at = NOON + timedelta(days=2)


async def test_members_activities_broadcasts_and_cases(town: Town) -> None:
    coordinator = await coordinator_of(town)
    await worked(town.database)
    await coordinator.says("/stats")
    page = (await coordinator.hears_of("Week 48"))["text"]
    for line in (
        "Members: 10 (<5)",
        "joined 10 (<5), left <5 (<5)",
        "Places taken: 5 (0)",
        "came 5 (0)",
        "rated ★ 4.5",
        "Broadcasts: 1 (0)",
        "delivered 10 (0), confirmed <5 (0)",
    ):
        assert line in page, line
    await coordinator.presses("👥 Members")
    assert "Members at the end: 10" in (await coordinator.hears_of("Members at"))["caption"]
    await coordinator.presses("🏀 Activities")
    assert "3x3: 5 places, 5 came · ★ 4.5" in (await coordinator.hears_of("3x3"))["text"]
    await coordinator.presses("📣 Broadcasts")
    await coordinator.hears_of("Broadcasts: 1. Recipients in total: 10; delivered: 10")
    await coordinator.presses("⚖️ Cases")
    times = (await coordinator.hears_of("Legal consultation"))["caption"]
    assert "first answer after 3.5 h (median)" in times and "on time: 100%" in times and "2 days" in times


async def test_what_is_forgotten_stays_in_the_figures(database: Database) -> None:
    """A year can be held against the one before it, though deliveries go after 30 days and sign-ups after a year."""
    await worked(database)
    start, end = NOON - timedelta(days=1), NOON + timedelta(days=1)
    async with database.reading() as session:
        before = (await statistics.turnouts(session, start, end), await statistics.reach(session, start, end))
    later = NOON + timedelta(days=400)
    async with database.writing() as session:
        await statistics.archive(session, later, Retention(sign_ups=timedelta(days=365)))
        await sign_ups.forget(session, later, timedelta(days=365))
        await delivery_retention.forget(session, later)
    async with database.reading() as session:
        assert (
            await participants.people_of(session, ActivityId(1)) == []
            and await of_broadcasts.counts(session, BroadcastId(1)) == {}
        )
        after = (await statistics.turnouts(session, start, end), await statistics.reach(session, start, end))
    assert after == before and before[0][0].came == 6 and before[1].delivered == 8


@pytest.mark.both_databases
async def test_digests_are_held_for_a_week_and_of_few_for_longer(database: Database) -> None:
    monday = date(2026, 11, 23)
    few, many = [PersonId(person) for person in range(4)], [PersonId(person) for person in range(6)]

    async def held(period: str, cell: str) -> tuple[int, int]:
        row = await session.get_one(SearchFigure, (period, PLACE, cell), populate_existing=True)
        return row.count, len(row.people) // 8

    async with database.writing() as session:
        for cell, people in (("a", few), ("b", many)):
            await search_statistics.count_all(session, [Seen(person, monday, PLACE, cell) for person in people])
        assert (await held("2026-W48", "a"), await held("2026-W48", "b")) == ((4, 4), (6, 6))
        assert (await held("2026", "a"), await held("2026", "b")) == ((4, 4), (5, 0))
        await search_statistics.erase(session, few[2])
        await session.flush()
        assert await held("2026-W48", "a") == (3, 3), "who erases their data is in no cell any more"
        await search_statistics.count_all(session, [Seen(PersonId(person), monday, PLACE, "a") for person in (0, 7)])
        assert await held("2026-W48", "a") == (4, 4)
        await search_statistics.end_periods(session, monday + timedelta(days=9))
        assert (await held("2026-W48", "a"), await held("2026-W48", "b")) == ((4, 0), (5, 0))
        assert await held("2026", "a") == (4, 4), "the year still runs"


async def test_a_month_and_a_year_show_their_busiest_week(database: Database) -> None:
    """So nothing follows from them about a week that is hidden; five in all make it five at least."""
    weeks = {date(2026, 9, 9): range(3), date(2026, 10, 7): range(12), date(2026, 10, 14): range(30, 31)}
    async with database.writing() as session:
        for day, people in weeks.items():
            await search_statistics.count_all(session, [Seen(PersonId(one), day, PLACE, "a") for one in people])
            await search_statistics.count_all(
                session, [Seen(PersonId(one), day, PLACE, "b") for one in list(people)[:3]]
            )
    async with database.reading() as session:
        shown = {
            unit: await report.cells(session, Period.of(unit, date(2026, 10, 14), 0), PLACE) for unit in PeriodUnit
        }
    assert shown == {PeriodUnit.WEEK: {}, PeriodUnit.MONTH: {"a": 10}, PeriodUnit.YEAR: {"a": 10}}
    async with database.writing() as session:
        some = [Seen(PersonId(one), date(2026, 11, 11), PLACE, "b") for one in (7, 8)]
        await search_statistics.count_all(session, some)
    async with database.reading() as session:
        assert (await report.cells(session, Period.of(PeriodUnit.YEAR, date(2026, 10, 14), 0), PLACE))["b"] == 5


@pytest.mark.both_databases
async def test_of_what_was_counted_by_searches_it_is_known_that_there_were_five_people(database: Database) -> None:
    await schema.migrate(database, "0015")
    async with database.writing() as session:
        for cell, count, enough, people in (("a", 40, True, b""), ("b", 40, False, b"x" * 24)):
            await session.execute(
                text(
                    "INSERT INTO search_figures (period, kind, cell, count, enough, people) "
                    "VALUES ('2026-W48', 'place', :cell, :count, :enough, :people)"
                ),
                {"cell": cell, "count": count, "enough": enough, "people": people},
            )
    await schema.migrate(database)
    async with database.reading() as session:
        found = await search_statistics.different_people(session, Period.of(PeriodUnit.WEEK, NOON.date(), 0), PLACE)
    assert found == {"a": 5, "b": 3}


async def test_of_very_many_a_sample_is_held(database: Database) -> None:
    week = Period.of(PeriodUnit.WEEK, NOON.date(), 0)
    async with database.writing() as session:
        for first in range(0, 10_000, 2_500):
            seen = [Seen(PersonId(one), NOON.date(), PLACE, "a") for one in range(first, first + 2_500)]
            await search_statistics.count_all(session, seen)
        row = await session.get_one(SearchFigure, (week.name, PLACE, "a"))
        assert len(row.people) == SAMPLE * 8 and row.count == pytest.approx(10_000, rel=0.12)


events = st.lists(
    st.tuples(st.integers(1, 9), st.integers(0, 9), st.sampled_from(["a", "b"]), st.sampled_from([HOUR, BARE])),
    max_size=60,
)


@settings(max_examples=25)
@given(st.lists(events, max_size=4))
def test_a_cell_counts_its_people_and_nothing_else(batches: list[list[tuple[int, int, str, str]]]) -> None:
    """Against a count that knows everybody, whatever comes in which batch."""
    asyncio.run(_counted(batches))


async def _counted(batches: list[list[tuple[int, int, str, str]]]) -> None:
    first = date(2026, 11, 23)
    people: dict[tuple[str, str, str], set[int]] = defaultdict(set)
    with tempfile.TemporaryDirectory() as folder:
        database = opened(new_file(Path(folder) / "x.db"))
        for batch in batches:
            async with database.writing() as session:
                seen = [
                    Seen(PersonId(person), first + timedelta(days=day), kind, cell) for person, day, cell, kind in batch
                ]
                await search_statistics.count_all(session, seen)
            for one in seen:
                for period in search_statistics.periods_of(one.day):
                    people[period, one.kind, one.cell].add(one.person_id)
        async with database.reading() as session:
            rows = (await session.scalars(select(SearchFigure))).all()
            most = {True: 9, False: MIN_CELL_SIZE}
            assert {(row.period, row.kind, row.cell): row.count for row in rows} == {
                place: min(len(found), most["-W" in place[0]]) for place, found in people.items()
            }
        await database.close()


@pytest.mark.parametrize(
    ("unit", "back", "name", "stretches", "before"),
    [
        (PeriodUnit.WEEK, 0, "2026-W48", 7, "2026-W47"),
        (PeriodUnit.WEEK, 48, "2025-W52", 7, "2025-W51"),
        (PeriodUnit.MONTH, 0, "2026-11", 30, "2026-10"),
        (PeriodUnit.MONTH, 11, "2025-12", 31, "2025-11"),
        (PeriodUnit.MONTH, 9, "2026-02", 28, "2026-01"),
        (PeriodUnit.YEAR, 0, "2026", 12, "2025"),
    ],
)
def test_periods(unit: PeriodUnit, back: int, name: str, stretches: int, before: str) -> None:
    period = Period.of(unit, date(2026, 11, 25), back)
    assert (period.name, period.before.name) == (name, before)
    edges = period.edges(SHANGHAI)
    assert len(edges) == stretches + 1 and edges[0] == datetime.combine(period.first, datetime.min.time(), SHANGHAI)
    assert search_statistics.periods_of(period.first)[list(PeriodUnit).index(unit)] == name
    assert period.before.after == period.first
    assert edges[0].astimezone(UTC).hour == 16, "midnight in Shanghai"


@pytest.mark.parametrize("language", LANGUAGES)
def test_pictures_are_large_enough_for_a_phone_and_show_what_is_hidden(language: str) -> None:
    words = {"en": "Where stations are missing", "zh_Hans": "哪里缺驿站"}[language]
    values = [12, None, 0, 30, None, 5, 7]
    week = Period.of(PeriodUnit.WEEK, date(2026, 11, 25), 0)
    for png in (
        charts.columns(words, values, labels(week, language), [3, 4, 5, 6, 7, 8, 9]),
        charts.bars(words, [("water", 40), ("charging", 12)]),
        coverage_map.paint(
            words,
            Legend(words, words, words),
            [Cell(37.43, 116.37, 40, 0), Cell(37.49, 116.41, 12, 9)],
            [(37.431, 116.361), (50.0, 10.0)],
            language,
        ),
    ):
        with Image.open(io.BytesIO(png)) as picture:
            assert picture.width == 900 and picture.height >= 250
            assert len(picture.convert("RGB").getcolors(1 << 24) or []) > 3
    plain = charts.columns(words, [12, 0, 0], ["1", "2", "3"])
    assert charts.columns(words, [12, None, 0], ["1", "2", "3"]) != plain


async def test_the_figures_in_chinese(town: Town) -> None:
    coordinator = await at_desk(town, COORDINATOR, "zh_Hans")
    await searched(town, range(1, 8), FAR)
    await coordinator.says("/stats")
    await coordinator.is_asked("第 48 周")
    await coordinator.presses(MISSING_STATIONS)
    await coordinator.is_asked("驿站缺口")


async def test_only_who_may_see_them_sees_them(town: Town) -> None:
    rider = town.rider(7)
    await rider.says("/stats")
    await rider.hears_of(STAFF_ONLY)
    for data in ("stats", "statsview:gaps:week:0", "statsfile:week:0", "statsof:week:0"):
        seen = len(rider.answers)
        await rider.forges(data)
        await rider.until(lambda seen=seen: len(rider.answers) > seen)
        assert STAFF_ONLY in rider.answers[-1]["text"]
    coordinator = await coordinator_of(town)
    for data in ("statsview:gaps:day:0", "statsview:x:week:0", "statsof:week:-1", "statsfile:week:121"):
        seen = len(coordinator.answers)
        await coordinator.forges(data)
        await coordinator.until(lambda seen=seen: len(coordinator.answers) > seen)
        assert "no longer works" in coordinator.answers[-1]["text"]
