"""The figures tell of nobody, however one adds and subtracts them over pages, periods and files."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from storage.activities import attendance, planning, sign_ups
from storage.activities.activities import Kind
from storage.activities.planning import Plan
from storage.cases import allowances, cases
from storage.cases import statistics as case_statistics
from storage.cases.table import CaseContent
from storage.database import Database
from storage.disclosure import HIDDEN, MIN_CELL_SIZE, NOBODY, Figure, columns, figure, rounded
from storage.membership import memberships
from storage.statistics import report, searches
from storage.statistics.periods import Period, PeriodUnit
from storage.statistics.searches import ALL, AMENITY, BARE, EVERYBODY, HOUR, PLACE, WITHOUT_STATION, Seen
from storage.telegram_ids import PersonId
from tests.support.databases import new_file, opened
from tests.support.settings import SHANGHAI
from tests.support.simulator import COORDINATOR, NOON

Deed = tuple[int, int, str]
"""Who, how many days ago, what."""
DEEDS = st.lists(
    st.tuples(
        st.integers(1, 12), st.integers(0, 70), st.sampled_from(["joins", "leaves", "signs up", "case", "searches"])
    ),
    max_size=60,
)
SEEN = [(unit, back) for unit in PeriodUnit for back in range(3)]


@given(st.integers(0, 200), st.integers(0, 200))
def test_a_figure_is_hidden_or_a_multiple_of_five_people(count: int, people: int) -> None:
    shown = figure(count, people)
    assert (shown is HIDDEN) == (min(count, people) < MIN_CELL_SIZE)
    assert shown is HIDDEN or (shown % MIN_CELL_SIZE == 0 and abs(shown - count) <= MIN_CELL_SIZE // 2)


@given(st.lists(st.integers(0, 30), max_size=31))
def test_what_is_worked_out_of_shown_columns_never_tells_of_one_person(values: list[int]) -> None:
    shown = [value for value in [figure(sum(values)), *columns(values)] if value is not HIDDEN]
    assert {value % MIN_CELL_SIZE for value in shown} <= {0}


@settings(max_examples=15)
@example([(person, 40, "joins") for person in range(1, 9)] + [(9, 1, "joins"), (1, 1, "leaves")])
@example([(1, 3, "case")] * 12)
@example([(person, 3, "searches") for person in range(2, 9)] + [(1, 3, "searches")] * 40)
@example([(1, 3, "searches")] * 40)
@example([(1, day, "signs up") for day in range(12)])
@given(DEEDS)
def test_somebody_who_knows_everybody_else_learns_nothing_certain_about_one(deeds: list[Deed]) -> None:
    """All that is shown is a multiple of five, with or without one person; a count of people is the same then, or the
    next multiple; and what one person does alone is hidden everywhere."""
    asyncio.run(_compared(deeds))


async def _compared(deeds: list[Deed]) -> None:
    everything = await _pages(deeds)
    without = await _pages([deed for deed in deeds if deed[0] != 1])
    for name, shown in everything.items():
        assert shown is HIDDEN or shown % MIN_CELL_SIZE == 0, name
        if name.startswith(("joined", "left", "at_end", "cases", "people", "bare", "cell")):
            assert abs(_steps(shown) - _steps(without.get(name, HIDDEN))) <= 1, name
    lonely = await _pages([deed for deed in deeds if deed[0] == 1])
    assert all(shown is HIDDEN or shown == NOBODY for shown in lonely.values()), "what one did alone is never shown"


def _steps(shown: Figure) -> int:
    return 0 if shown is HIDDEN else shown // MIN_CELL_SIZE


async def _pages(deeds: list[Deed]) -> Mapping[str, Figure]:
    """Every figure of every page and file that a coordinator can open."""
    with tempfile.TemporaryDirectory() as folder:
        database = opened(new_file(Path(folder) / "x.db"))
        await _lived(database, deeds)
        async with database.reading() as session:
            found: dict[str, Figure] = {}
            for unit, back in SEEN:
                found.update(await _shown(session, Period.of(unit, NOON.date(), back)))
            for month in await case_statistics.by_month(session, "legal", ["2026-09", "2026-10", "2026-11"]):
                found[f"cases {month.month}"] = month.total
                found.update({f"cases {month.month} {kind}": count for kind, count in month.kinds.items()})
        await database.close()
        return found


async def _lived(database: Database, deeds: list[Deed]) -> None:
    async with database.writing() as session:
        for person, ago, deed in sorted(deeds, key=lambda one: -one[1]):
            await _done(session, PersonId(person), NOON - timedelta(days=ago), deed)


async def _done(session: AsyncSession, person: PersonId, at: datetime, deed: str) -> None:
    if deed == "joins" and await memberships.of(session, person) is None:
        await memberships.create(session, person, {"name": "李雷"}, at)
    elif deed == "leaves" and await memberships.of(session, person) is not None:
        await memberships.leave(session, person, at)
    elif deed == "signs up":
        plan = Plan("3x3", Kind.SPORT, at + timedelta(hours=1), at + timedelta(hours=2))
        row = await planning.create(session, plan, COORDINATOR, at)
        await planning.publish(session, row.id, at)
        await sign_ups.sign_up(session, row.id, person, at, is_member=False)
        await attendance.check_in(session, row.id, person, at, is_member=False)
        await attendance.rate(session, row.id, person, 1)
    elif deed == "searches":
        seen = [(ALL, EVERYBODY), (ALL, WITHOUT_STATION), (HOUR, "12"), (PLACE, "a"), (BARE, "a"), (AMENITY, "water")]
        await searches.count_all(session, [Seen(person, at.date(), kind, cell) for kind, cell in seen])
    elif deed == "case":
        case = await cases.open_case(session, "legal", "L", person, CaseContent("pay"), 1, 2026, at, at)
        case.first_answer_at = case.closed_at = at
        case.rating = 1
        if await allowances.is_first_of_month(session, person, "legal", at.date()):
            await case_statistics.add(session, "legal", f"{at:%Y-%m}", "pay", "美团")


async def _shown(session: AsyncSession, period: Period) -> Mapping[str, Figure]:
    reports = [
        await report.members(session, period, SHANGHAI),
        await report.activities(session, period, SHANGHAI),
        await report.cases(session, period, SHANGHAI, "legal"),
        await report.searches(session, period),
    ]
    found: dict[str, Figure] = {}
    for kind in (HOUR, PLACE, BARE, AMENITY):
        for cell, count in (await report.cells(session, period, kind)).items():
            found[f"cell {kind} {cell} {period.name}"] = count
    for one in reports:
        for name, shown in _figures(one):
            found[f"{name} {period.name}"] = shown
    return found


def _figures(of: object) -> Iterator[tuple[str, Figure]]:
    """Every figure of a report, those of its stretches and parts too. Averages and shares are other figures."""
    for field in fields(of):  # type: ignore[arg-type]
        value = getattr(of, field.name)
        if field.name in ("hours_to_answer", "days_to_close", "stars", "in_time"):
            continue
        if isinstance(value, list):
            for at, part in enumerate(value):
                inner = [(field.name, part)] if isinstance(part, int) or part is HIDDEN else list(_figures(part))
                yield from ((f"{name}[{at}]", shown) for name, shown in inner)
        elif value is HIDDEN or (isinstance(value, int) and not isinstance(value, bool)):
            yield field.name, value


async def test_only_what_nobody_could_take_part_in_is_shown_as_nobodys(database: Database) -> None:
    week = Period.of(PeriodUnit.WEEK, NOON.date(), 0)
    async with database.reading() as session:
        placed = (await report.activities(session, week, SHANGHAI)).placed
        delivered = (await report.reach(session, week, SHANGHAI)).delivered
        opened = (await report.cases(session, week, SHANGHAI, "legal")).opened
        assert (placed, delivered, opened) == (NOBODY, NOBODY, HIDDEN)
    async with database.writing() as session:
        plan = Plan("3x3", Kind.SPORT, NOON, NOON + timedelta(hours=1))
        row = await planning.create(session, plan, COORDINATOR, NOON - timedelta(days=1))
        await planning.publish(session, row.id, NOON - timedelta(days=1))
    async with database.reading() as session:
        assert (await report.activities(session, week, SHANGHAI)).placed is HIDDEN


def test_rounding_is_to_the_nearest() -> None:
    assert [rounded(count) for count in (5, 7, 8, 12, 13, 340, 343)] == [5, 5, 10, 10, 15, 340, 345]
