"""Collective cases in the console: cases of the table are joined, and taken out again."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.cases import cases, collectives
from storage.cases.audited import CaseAction
from storage.cases.ids import CollectiveId
from storage.database import Database
from tests.support.console_cases import EVIL, OWNERS, TABLE, counsel_of, noted, riders, told, with_desks
from tests.support.pages import Pages
from tests.support.simulator import COUNSEL, NOON, SECOND_COUNSEL


@pytest.fixture
async def pages(database: Database, tmp_path: Path) -> AsyncIterator[Pages]:
    async with with_desks(database, tmp_path) as pages:
        yield pages


async def test_cases_are_joined_to_a_new_and_to_an_existing_one_and_taken_out(pages: Pages) -> None:
    them, visitor = riders(pages), await counsel_of(pages)
    ids = [await told(pages, OWNERS[at]) for at in range(4)]
    chosen = await visitor.posts(f"{TABLE}/joining", {"id": ids[:2]})
    assert "2 cases can be joined" in chosen.text and "To an existing one" not in chosen.text
    join = f"{TABLE}/joining/join"
    fields = {"id": ids[:2], "to": "new", "title": f"Fine of 200 {EVIL[:40]}"}
    joined = await visitor.posts(join, fields)
    assert joined.status == 200 and "2 cases are joined." in joined.text and "L-2026-C00001" in joined.text
    again = await visitor.posts(join, fields)
    assert "0 cases are joined." in again.text and "already part of a collective case (L-2026-C00001)" in again.text
    await them[0].hears_of("Your case L-2026-000001 is now part of collective case L-2026-C00001")
    assert "L-2026-000001" not in str(await them[1].hears_of("L-2026-C00001"))

    chosen = await visitor.posts(f"{TABLE}/joining", {"id": ids[1:3]})
    assert "Fine of 200" in chosen.text and "already part of a collective case (L-2026-C00001)" in chosen.text
    assert "1 case is joined." in (await visitor.posts(join, {"id": [ids[2]], "to": 1})).text
    assert "1 case is joined." in (await visitor.posts(join, {"id": [ids[2]], "to": 1})).text, "a second tap"
    page = await visitor.gets(f"{TABLE}/collective/1")
    assert "3 people in 3 cases" in page.text and "<script>alert" not in page.text
    assert f'href="{TABLE}/collective/1"' in (await visitor.gets(f"{TABLE}?mine=1")).text
    assert len(await noted(pages, CaseAction.CASE_JOINED)) == 3

    out = await visitor.posts(f"{TABLE}/{ids[0]}/separate", {"from": "collective"})
    assert out.headers["Location"] == f"{TABLE}/collective/1?said=separated"
    await them[0].hears_of("Your case L-2026-000001 is handled on its own again")
    assert (await visitor.posts(f"{TABLE}/{ids[0]}/separate")).status == 409
    here = await visitor.gets(f"{TABLE}/{ids[1]}")
    assert f"{TABLE}/{ids[1]}/separate" in here.text
    assert (await visitor.posts(f"{TABLE}/{ids[1]}/separate")).headers["Location"] == f"{TABLE}/{ids[1]}"
    last = await visitor.posts(f"{TABLE}/{ids[2]}/separate", {"from": "collective"})
    assert last.headers["Location"] == f"{TABLE}/{ids[2]}", "with its last case it is gone"
    assert (await visitor.gets(f"{TABLE}/collective/1")).status == 409
    assert len(await noted(pages, CaseAction.CASE_SEPARATED)) == 3


async def test_two_handlers_join_at_once_and_only_what_each_has_in_hand(pages: Pages) -> None:
    mine = [await told(pages), await told(pages, OWNERS[1])]
    theirs = [await told(pages, OWNERS[2], by=SECOND_COUNSEL), await told(pages, OWNERS[3], by=SECOND_COUNSEL)]
    first, second = await counsel_of(pages), await counsel_of(pages, SECOND_COUNSEL)
    join, ids = f"{TABLE}/joining/join", [*mine, *theirs]
    begun = await first.posts(join, {"id": ids, "to": "new", "title": "Fines"})
    assert "2 cases are joined." in begun.text and begun.text.count("not assigned to you") == 2
    both = await asyncio.gather(
        second.posts(join, {"id": ids, "to": 1}), second.posts(join, {"id": list(reversed(ids)), "to": 1})
    )
    assert all("2 cases are joined." in one.text for one in both)
    async with pages.town.database.reading() as session:
        rows = await collectives.joined(session, CollectiveId(1))
        assert [row.id for row in rows] == sorted(ids)
    assert len(await noted(pages, CaseAction.CASE_JOINED)) == 4
    assert (await second.posts(f"{TABLE}/{mine[0]}/separate")).status == 409
    other = await told(pages, desk="care", by=None)
    async with pages.town.database.writing() as session:
        await cases.claim(session, other, COUNSEL, ["care"], NOON)
    mixed = await first.posts(join, {"id": [mine[0], other], "to": 1})
    assert re.search(r"C-2026-\d+\W+from another desk", mixed.text), "its number is another one"
