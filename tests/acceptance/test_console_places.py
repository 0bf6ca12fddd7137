"""Reviewers of one place in the console: of a case of another place they learn nothing, not even that it is there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from storage.cases import cases, levels
from storage.cases.ids import CaseId
from storage.cases.table import Case, CaseContent
from storage.database import Database
from storage.telegram_ids import PersonId
from tests.support.console_cases import TABLE, counsel_of, with_desks
from tests.support.honours import REVIEWERS, are_reviewers, built_in, with_reviewers
from tests.support.pages import Pages
from tests.support.settings import change_settings
from tests.support.simulator import ADMIN, NOON

HERE, THERE = PersonId(971), PersonId(972)


@pytest.fixture
async def pages(database: Database, tmp_path: Path) -> AsyncIterator[Pages]:
    async with with_desks(database, tmp_path) as pages:
        desk = with_reviewers(built_in("honours"), *REVIEWERS)
        by_place = {"dz": frozenset({HERE}), "jn": frozenset({THERE})}
        unit = replace(desk.levels[0], reviewers=frozenset(), by_place=by_place)
        changed = replace(desk, levels=(unit, *desk.levels[1:]))
        change_settings(pages.town.app, desks={**pages.town.context.settings.desks, "honours": changed})
        await are_reviewers(database, HERE, THERE)
        yield pages


async def nominated(pages: Pages, place: str) -> tuple[CaseId, str]:
    async with pages.town.database.writing() as session:
        content = CaseContent("medal", name="Li Lei")
        row = await cases.open_case(session, "honours", "H", PersonId(440), content, 201, 2026, NOON, NOON)
        levels.begin(row, place, NOON)
        return row.id, row.number


@pytest.mark.both_databases
async def test_a_case_of_another_place_is_not_there(pages: Pages) -> None:
    (here, own), (there, other) = [await nominated(pages, place) for place in ("dz", "jn")]
    reviewer = await counsel_of(pages, HERE)
    assert own in (await reviewer.gets(f"{TABLE}/{here}")).text
    answers = [
        await reviewer.gets(TABLE),
        await reviewer.gets(f"{TABLE}/{there}"),
        await reviewer.posts(f"{TABLE}/{there}/take"),
        await reviewer.posts(f"{TABLE}/{there}/conflict"),
        await reviewer.posts(f"{TABLE}/answers", {"id": [here, there]}),
        await reviewer.posts(f"{TABLE}/answers/look", {"id": [here, there], "text": "Hello"}),
        await reviewer.posts(f"{TABLE}/joining", {"id": [here, there]}),
    ]
    for answer in answers:
        assert other not in answer.text, answer.text
    missing = await reviewer.gets(f"{TABLE}/99999")
    assert [answers[at].status for at in (1, 2, 3)] == [missing.status] * 3
    async with pages.town.database.reading() as session:
        row = await session.get_one(Case, there)
        assert row.assigned_to is None
    admin = await counsel_of(pages, ADMIN)
    assert other in (await admin.gets(f"{TABLE}/{there}")).text
