"""The statistics in the console: what /stats shows, and nothing that it does not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from html import escape
from pathlib import Path

import pytest

from storage.cases import cases
from storage.cases.table import CaseContent
from storage.database import Database
from storage.telegram_ids import PersonId
from tests.support.applications import at_work
from tests.support.pages import Pages, with_pages
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


async def test_a_coordinator_sees_what_the_chat_shows_and_nobody_below_five(pages: Pages) -> None:
    coordinator = await at_work(pages.town)
    visitor = await pages.signs_in(coordinator)
    await brought(pages, "legal", 11)
    await brought(pages, "care", 3)
    await coordinator.says("/stats")
    said = (await coordinator.hears_of("📊"))["text"].splitlines()[1]
    shown = await visitor.gets(f"{PAGE}?unit=week&back=0")
    assert shown.status == 200 and escape(said.strip()) in shown.text
    chart = await visitor.gets(f"{PAGE}/cases?unit=month")
    assert "data:image/png;base64," in chart.text and "Legal" in chart.text and ": 10" in chart.text
    file = await visitor.gets(f"{PAGE}/file.csv?unit=month")
    assert "cases_opened,legal,10," in file.text and "cases_opened,care,<5," in file.text
    assert "figures-2026-11.csv" in file.headers["Content-Disposition"]
    assert file.headers["Cache-Control"] == "no-store"
    for query in ("unit=day", "back=-1", "back=121", "back=x", "unit=week&back=9999"):
        assert (await visitor.gets(f"{PAGE}?{query}")).status == 400, query
    assert (await visitor.gets(f"{PAGE}/none")).status == 404


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_counsel_sees_no_figures(pages: Pages) -> None:
    counsel = await pages.signs_in(pages.town.rider(COUNSEL, "en"))
    for path in (PAGE, f"{PAGE}/cases", f"{PAGE}/file.csv"):
        assert (await counsel.gets(path)).status == 403, path
