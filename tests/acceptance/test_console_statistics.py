"""The statistics in the console: what /stats shows, and nothing that it does not."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import pytest

from storage.cases import cases
from storage.cases import statistics as case_statistics
from storage.cases.table import CaseContent
from storage.database import Database
from storage.membership import memberships
from storage.statistics import searches
from storage.statistics.searches import ALL, AMENITY, BARE, EVERYBODY, HOUR, PLACE, WITHOUT_STATION, Seen
from storage.telegram_ids import PersonId
from tests.support.admins import admin_of
from tests.support.applications import at_work
from tests.support.pages import Answer, Pages, with_pages
from tests.support.simulator import COUNSEL, NOON

PAGE = "/console/statistics"


@pytest.fixture
async def pages(database: Database, tmp_path: Path) -> AsyncIterator[Pages]:
    async with with_pages(database, tmp_path) as pages:
        yield pages


async def brought(pages: Pages, desk: str, count: int) -> None:
    """So many riders bring a case each."""
    async with pages.town.database.writing() as session:
        for at in range(count):
            owner, due = PersonId(1_000 + at), NOON + timedelta(hours=24)
            await cases.open_case(session, desk, desk[:2].upper(), owner, CaseContent(), 1, 2026, due, NOON)


def told(text: str) -> list[tuple[str, ...]]:
    """The lines of the tables of a page: what is counted, and its figures."""
    found = []
    for line in re.findall(r"<tr[ >].*?</tr>", text, re.S):
        cells = [unescape(re.sub(r"<[^>]*>", "", one)).strip() for one in re.findall(r"<t[hd].*?</t[hd]>", line, re.S)]
        if 'scope="row"' in line:
            found.append(tuple(cells))
    return found


def rows_of(answer: Answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))


async def searched(pages: Pages, people: int, day: date, first: int = 1) -> None:
    """So many riders search near one place, where no station is near."""
    cells = [(ALL, EVERYBODY), (ALL, WITHOUT_STATION), (HOUR, "12"), (PLACE, "37.43,116.37"), (BARE, "37.43,116.37")]
    seen = [Seen(PersonId(first + at), day, *cell) for at in range(people) for cell in (*cells, (AMENITY, "water"))]
    async with pages.town.database.writing() as session:
        await searches.count_all(session, seen)


async def test_a_coordinator_sees_what_the_chat_shows_and_nobody_below_five(pages: Pages) -> None:
    coordinator = await at_work(pages.town)
    visitor = await pages.signs_in(coordinator)
    await brought(pages, "legal", 11)
    await brought(pages, "care", 3)
    await searched(pages, 13, NOON.date())
    await searched(pages, 4, NOON.date() - timedelta(days=7), first=50)
    await coordinator.says("/stats")
    said = (await coordinator.hears_of("📊"))["text"].splitlines()[1]
    assert said == "📍 People who searched: 15 (<5)"
    shown = await visitor.gets(f"{PAGE}?unit=week&back=0")
    assert ("Riders who searched", "15", "<5", "<5") in told(shown.text)
    chart = await visitor.gets(f"{PAGE}/cases?unit=month")
    assert told(chart.text) == [("Legal consultation", "10", "<5")] and ": 10" in chart.text
    file = await visitor.gets(f"{PAGE}/file.csv?unit=month")
    assert "cases_opened,legal,10," in file.text and "cases_opened,care,<5," in file.text
    assert "figures-2026-11.csv" in file.headers["Content-Disposition"]
    assert file.headers["Cache-Control"] == "no-store"
    for query in ("unit=day", "back=-1", "back=121", "back=x", "unit=week&back=9999", "against=x", "of=nothing"):
        assert (await visitor.gets(f"{PAGE}?{query}")).status == 400, query
    for path in (f"{PAGE}/none", f"{PAGE}/none/shown.csv", f"{PAGE}/answers/shown.csv"):
        assert (await visitor.gets(path)).status == 404, path


@pytest.mark.both_databases
async def test_charts_lead_from_the_year_to_the_week_and_to_the_place_on_the_map(pages: Pages) -> None:
    visitor = await pages.signs_in(await at_work(pages.town))
    async with pages.town.database.writing() as session:
        for at in range(12):
            await memberships.create(session, PersonId(100 + at), {"name": "李雷"}, NOON)
    await searched(pages, 8, NOON.date())
    year = await visitor.gets(f"{PAGE}/members?unit=year")
    assert ("November 2026", "10", "<5") in told(year.text)
    month = next(unescape(link) for link in re.findall(r'href="([^"]*)">November', year.text))
    assert month == f"{PAGE}/members?unit=month&back=0&against=before"
    days = await visitor.gets(month)
    day = f"{NOON.day} {NOON:%b}"
    assert (day, "10", "<5") in told(days.text)
    assert f'unit=week&amp;back=0&amp;against=before">{day}' in days.text
    gaps = await visitor.gets(f"{PAGE}/gaps")
    assert ("37.43, 116.37", "10", "<5") in told(gaps.text)
    assert '/console/stations?at=37.43000,116.37000"' in gaps.text
    over_time = await visitor.gets(f"{PAGE}?unit=month&of=joined")
    assert ("November 2026", "10", "<5") in told(over_time.text) and "October 2026" in over_time.text
    assert f"{PAGE}?unit=month&amp;back=1&amp;against=before&amp;of=joined" in over_time.text


async def test_a_period_is_held_against_last_year(pages: Pages) -> None:
    visitor = await pages.signs_in(await at_work(pages.town))
    await searched(pages, 21, NOON.date())
    await searched(pages, 11, NOON.date() - timedelta(days=364), first=300)
    glance = told((await visitor.gets(PAGE)).text)
    assert ("Riders who searched", "20", "<5", "10") in glance
    hours = told((await visitor.gets(f"{PAGE}/hours?against=year")).text)
    assert ("12:00", "20", "10") in hours and ("11:00", "<5", "<5") in hours
    file = rows_of(await visitor.gets(f"{PAGE}/hours/shown.csv?against=year"))
    assert [row[3] for row in file[1:] if row[1] == "12:00"] == ["20"]
    assert [(row[3], row[5]) for row in file[1:] if row[1] == "12:00"] == [("20", "10")]
    over = rows_of(await visitor.gets(f"{PAGE}/shown.csv?of=searched"))
    assert over[-1][1:] == [over[-1][1], "Latest", "20", "A year earlier", "10"] and len(over) == 13


async def test_platforms_are_shown_to_those_who_see_them_in_the_chat(pages: Pages) -> None:
    coordinator = await pages.signs_in(await at_work(pages.town))
    admin = await pages.signs_in(await admin_of(pages.town))
    async with pages.town.database.writing() as session:
        for platform, people in (("美团", 12), ('"><script>alert(1)</script>', 6), ("饿了么", 4)):
            for _ in range(people):
                await case_statistics.add(session, "legal", f"{NOON:%Y-%m}", "pay", platform)
    page = f"{PAGE}/cases?unit=month"
    shown = await admin.gets(page)
    assert ("美团", "10", "<5") in told(shown.text) and "饿了么" not in shown.text and "<script>alert" not in shown.text
    assert '"><script>alert(1)</script>' in [row[0] for row in told(shown.text)]
    year = await admin.gets(f"{PAGE}/cases?unit=year")
    assert ("November 2026", "20", "<5") in told(year.text) and "美团" not in year.text
    for answer in (await coordinator.gets(page), await coordinator.gets(f"{PAGE}/cases/shown.csv?unit=month")):
        assert answer.status == 200 and "美团" not in answer.text


async def test_no_page_and_no_file_has_a_figure_that_the_rule_forbids(pages: Pages) -> None:
    """Whatever is worked out of them is a multiple of five again (docs/decisions/0027)."""
    visitor = await pages.signs_in(await admin_of(pages.town))
    for at, people in enumerate((1, 4, 5, 7, 13, 26)):
        await searched(pages, people, NOON.date() - timedelta(days=30 * at), first=1_000 * at)
    async with pages.town.database.writing() as session:
        for at in range(23):
            await memberships.create(session, PersonId(100 + at), {"name": "李雷"}, NOON - timedelta(days=at * 9))
    await brought(pages, "legal", 8)
    for unit, back, against in (
        ("week", 0, "year"),
        ("week", 4, "before"),
        ("month", 1, "year"),
        ("year", 0, "before"),
    ):
        query = f"unit={unit}&back={back}&against={against}"
        for view in ("", "/members", "/activities", "/reach", "/hours", "/gaps", "/wanted", "/cases"):
            page = (await visitor.gets(f"{PAGE}{view}?{query}")).text
            file = rows_of(await visitor.gets(f"{PAGE}{view}/shown.csv?{query}"))
            shown = [one for line in told(page) for one in line[1:]]
            shown += [one for row in file[1:] for one in (row[3], row[5])]
            for one in (*shown, *re.findall(r'data-(?:value|other)="([^"]*)"', page)):
                assert one in ("<5", "") or int(one) % 5 == 0, (view, query, one)


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_counsel_sees_no_figures(pages: Pages) -> None:
    counsel = await pages.signs_in(pages.town.rider(COUNSEL, "en"))
    for path in (PAGE, f"{PAGE}/cases", f"{PAGE}/file.csv", f"{PAGE}/shown.csv", f"{PAGE}/cases/shown.csv"):
        assert (await counsel.gets(path)).status == 403, path
