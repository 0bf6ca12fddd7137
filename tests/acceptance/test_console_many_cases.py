"""Several cases at once in the console: the same answer, with its blanks filled in for each."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from handlers.cases import presses as cases_presses
from storage.cases import access, cases
from storage.cases.audited import CaseAction
from storage.cases.desks import Canned
from storage.cases.ids import CaseId
from storage.cases.table import Case, CaseState, Outcome
from storage.database import Database
from storage.people import people, roles
from storage.telegram_ids import PersonId
from tests.support.console_cases import EVIL, OWNERS, TABLE, counsel_of, noted, riders, said_in, told, with_desks
from tests.support.pages import Answer, Pages, Visitor
from tests.support.settings import change_settings
from tests.support.simulator import ADMIN, COORDINATOR, COUNSEL, NOON, SECOND_COUNSEL

TEXT = "{name}, about {number}: please send {what}."


@pytest.fixture
async def pages(database: Database, tmp_path: Path) -> AsyncIterator[Pages]:
    async with with_desks(database, tmp_path) as pages:
        yield pages


async def looked(visitor: Visitor, ids: Sequence[CaseId], **fields: object) -> tuple[Answer, dict[str, object]]:
    """How it reads in each, and what the page sends when its button is pressed."""
    page = await visitor.posts(f"{TABLE}/answers/look", {"id": ids, "text": TEXT, **fields})
    hidden = re.findall(r'<input type="hidden" name="(digest|seen-\d+)" value="([^"]*)">', page.text)
    return page, {"id": ids, "text": TEXT, **fields, **dict(hidden)}


async def test_one_answer_goes_to_each_with_its_blanks_filled_in(pages: Pages) -> None:
    them = riders(pages)
    ids = [await told(pages), await told(pages, OWNERS[1], name="王芳"), await told(pages, OWNERS[2], name="")]
    visitor = await counsel_of(pages)
    assert f'name="id" value="{ids[0]}"' in (await visitor.gets(f"{TABLE}?mine=1")).text
    assert 'type="checkbox" name="id"' not in (await visitor.gets(TABLE)).text, "what waits has to be taken first"
    begun = await visitor.posts(f"{TABLE}/answers", {"id": ids})
    assert "3 cases can be answered" in begun.text and "收集证据" in begun.text

    page, form = await looked(visitor, ids)
    assert page.text.count("still empty: what") == 2 and "still empty: name, what" in page.text
    assert "✔ Send" not in page.text
    page, form = await looked(visitor, ids, **{"blank:what": "the {pay} slips"})
    assert "Li Lei, about L-2026-000001: please send the {pay} slips." in page.text
    assert "still empty: name" in page.text and "✔ Send in 2 cases" in page.text
    own = {"blank:what": "the {pay} slips", f"own-{ids[2]}:name": "Dear colleague"}
    page, form = await looked(visitor, ids, **own)
    assert "✔ Send in 3 cases" in page.text and "Dear colleague, about L-2026-000003" in page.text
    sent = await asyncio.gather(*(visitor.posts(f"{TABLE}/answers/send", form) for _ in range(2)))
    assert [answer.status for answer in sent] == [200, 200]
    assert all("Sent in 3 cases." in answer.text for answer in sent)
    for rider, name, number in zip(them, ("Li Lei", "王芳", "Dear colleague"), (1, 2, 3), strict=False):
        heard = await rider.hears_of(f"{name}, about L-2026-00000{number}: please send the {{pay}} slips.")
        assert str(COUNSEL) not in str(heard["text"])
    await pages.town.until_idle()
    assert [str(rider.heard).count("please send") for rider in them[:3]] == [1, 1, 1], "also after a second tap"
    assert not any(name in str(them[0].heard) for name in ("王芳", "L-2026-000002"))
    listed = await noted(pages, CaseAction.ANSWERED_WITH_OTHERS)
    assert sorted(listed) == [(f"L-2026-00000{at + 1}", OWNERS[at]) for at in range(3)]
    async with pages.town.database.reading() as session:
        rows = [await access.find(session, one) for one in ids]
        assert all(row is not None and row.state == CaseState.RIDERS and row.first_answer_at for row in rows)


async def test_a_ready_answer_is_said_in_each_riders_language(pages: Pages) -> None:
    them, visitor = riders(pages), await counsel_of(pages)
    ids = [await told(pages), await told(pages, OWNERS[1])]
    page, _ = await looked(visitor, ids, ready="legal/0", text="")
    assert ">what</label>" in page.text and ">材料</label>" in page.text
    values = {"blank:what": "pay slips", "blank:材料": "工资条"}
    page, form = await looked(visitor, ids, ready="legal/0", text="", **values)
    assert "secure the evidence first: pay slips." in page.text and "请先保存好证据：工资条。" in page.text
    assert (await visitor.posts(f"{TABLE}/answers/send", form)).status == 200
    await them[0].hears_of("secure the evidence first: pay slips.")
    await them[1].hears_of("请先保存好证据：工资条。")
    for odd in ("legal/99", "care/0", "x"):
        assert (await looked(visitor, ids, ready=odd, text=""))[0].status == 404, odd


async def test_those_that_cant_be_answered_are_named_with_the_reason(pages: Pages) -> None:
    """And one that is not theirs to see has no number."""
    ready, closed, danger = await told(pages), await told(pages), await told(pages)
    anonymous, queued = await told(pages, None), await told(pages, by=None)
    others = await told(pages, by=SECOND_COUNSEL)
    own, hidden = await told(pages, COUNSEL, by=None), await told(pages, by=None)
    async with pages.town.database.writing() as session:
        rows = [await session.get_one(Case, one) for one in (closed, danger)]
        cases.close(rows[0], Outcome.SETTLED, NOON)
        cases.mark_urgent(rows[1], NOON, timedelta(minutes=5))
        await cases.mark_conflict(session, await session.get_one(Case, hidden), COUNSEL)
    visitor = await counsel_of(pages)
    ids = [ready, closed, danger, anonymous, queued, others, own, hidden, CaseId(9_999)]
    for page in (
        await visitor.posts(f"{TABLE}/answers", {"id": ids}),
        (await looked(visitor, ids, **{"blank:what": "it"}))[0],
    ):
        assert page.status == 200
        for number, why in (
            ("L-2026-000002", "the case is closed"),
            ("L-2026-000003", "someone may be in danger: answer it by itself"),
            ("L-2026-000004", "anonymous: nobody would get the answer"),
            ("L-2026-000005", "not assigned to you: take it first"),
            ("L-2026-000006", "not assigned to you: take it first"),
        ):
            assert re.search(rf"{number}\W+{re.escape(why)}", page.text), (number, why)
        assert "L-2026-000007" not in page.text and "L-2026-000008" not in page.text
        assert page.text.count("a case that no longer exists") == 3
    _, form = await looked(visitor, ids, **{"blank:what": "it"})
    sent = await visitor.posts(f"{TABLE}/answers/send", form)
    assert "Sent in 1 case." in sent.text and sent.text.count("<li>") == 9
    assert [len(await said_in(pages, one)) for one in ids[:-1]] == [1, 0, 0, 0, 0, 0, 0, 0]


async def test_what_is_sent_is_what_was_looked_at(pages: Pages) -> None:
    ids = [await told(pages), await told(pages, OWNERS[1])]
    visitor = await counsel_of(pages)
    _, form = await looked(visitor, ids, **{"blank:what": "it"})
    for change in ({"text": "Another text"}, {"blank:what": "more"}, {"id": ids[:1]}, {"digest": ""}):
        answer = await visitor.posts(f"{TABLE}/answers/send", {**form, **change})
        assert answer.status == 409 and "Something has changed" in answer.text, change
    async with pages.town.database.writing() as session:
        cases.close(await session.get_one(Case, ids[0]), Outcome.SETTLED, NOON)
    answer = await visitor.posts(f"{TABLE}/answers/send", form)
    assert answer.status == 409 and "L-2026-000001" in answer.text and "✔ Send in 1 case<" in answer.text
    assert [await said_in(pages, one) for one in ids] == [[], []]
    wrong: tuple[dict[str, object], ...] = (
        {"seen-1": "x"},
        {"text": "x"},
        {"text": "x" * 1_501},
        {"blank:what": "x" * 301},
        {"id": "x"},
        {"id": []},
    )
    for odd in wrong:
        assert (await visitor.posts(f"{TABLE}/answers/send", {**form, **odd})).status == 400, odd
    many = {"id": list(range(1, 52)), "text": TEXT}
    assert (await visitor.posts(f"{TABLE}/answers", many)).status == 400
    blanks = "".join(f"{{b{at}}}" for at in range(13))
    assert (await visitor.posts(f"{TABLE}/answers/look", {"id": ids, "text": blanks})).status == 400


async def test_nobody_else_gets_in_and_a_role_taken_away_ends_it(pages: Pages) -> None:
    case_id = await told(pages)
    visitor = await counsel_of(pages)
    _, form = await looked(visitor, [case_id], **{"blank:what": "it"})
    posts = ("answers", "answers/look", "answers/send", "joining", "joining/join", f"{case_id}/separate")
    fields = {**form, "to": "new", "title": "Fines"}
    others = {one: await counsel_of(pages, one) if one else pages.anybody for one in (ADMIN, COORDINATOR, PersonId(0))}
    others[COUNSEL] = await pages.opens_app(COUNSEL)
    others[OWNERS[0]] = await pages.opens_app(OWNERS[0])
    for person_id, other in others.items():
        for path in posts:
            answer = await other.posts(f"{TABLE}/{path}", fields)
            assert answer.status in (401, 403, 422) and "Li Lei" not in answer.text, (person_id, path)
        assert (await other.gets(f"{TABLE}/collective/1")).status in (401, 403), person_id
    second = await counsel_of(pages, SECOND_COUNSEL)
    answer = await second.posts(f"{TABLE}/answers/send", fields)
    assert "Li Lei" not in answer.text and await said_in(pages, case_id) == []
    assert "0 cases are joined." in (await second.posts(f"{TABLE}/joining/join", fields)).text
    bare = Visitor(pages.client, visitor.headers)
    for path in posts:
        assert (await bare.posts(f"{TABLE}/{path}", fields)).status == 422
        foreign = await visitor.posts(f"{TABLE}/{path}", fields, Sec_Fetch_Site="cross-site")
        assert foreign.status == 422

    helper = pages.town.rider(77)
    helper.person.started = True
    async with pages.town.database.writing() as session:
        await people.seen_all(session, {PersonId(77): "en"}, NOON)
        await roles.grant(session, PersonId(77), "counsel", ADMIN, NOON)
        await cases.assign(session, await session.get_one(Case, case_id), PersonId(77), NOON)
    helping = await pages.signs_in(helper)
    _, form = await looked(helping, [case_id], **{"blank:what": "it"})
    async with pages.town.database.writing() as session:
        await roles.take(session, PersonId(77), "counsel")
    assert (await helping.posts(f"{TABLE}/answers/send", form)).status == 401
    assert await said_in(pages, case_id) == []


async def test_what_people_write_stays_text(pages: Pages) -> None:
    case_id = await told(pages, name=EVIL)
    visitor = await counsel_of(pages)
    page, _ = await looked(visitor, [case_id], text=f"{{name}} {EVIL} {{{EVIL}}}")
    assert page.status == 200 and "<script>alert" not in page.text and "<img src=x" not in page.text
    assert "(7*7)" in page.text, "a name is no blank"
    fields = {"id": case_id, "to": "new", "title": EVIL}
    for answer in (
        await visitor.posts(f"{TABLE}/joining/join", fields),
        await visitor.gets(f"{TABLE}/collective/1"),
    ):
        assert answer.status == 200 and "<script>alert" not in answer.text


async def test_the_chat_fills_in_the_same_blanks(pages: Pages) -> None:
    case_id = await told(pages, name="Li {Lei}")
    settings = pages.town.app.services.context.settings
    canned = Canned("Send", {"en": "{name}, {number}: please send {what}."})
    legal = replace(settings.desks["legal"], answers=(canned,))
    change_settings(pages.town.app, desks={**settings.desks, "legal": legal})
    rider, counsel = riders(pages)[0], pages.town.rider(COUNSEL)
    counsel.person.started = True
    await counsel.forges(cases_presses.BEGIN_CANNED.data(case_id, 0))
    asked = await counsel.hears_of("Please fill in: what")
    assert "Li (Lei), L-2026-000001: please send {what}." in str(asked["text"])
    await counsel.says("pay slips")
    await counsel.hears_of("Li (Lei), L-2026-000001: please send pay slips.")
    await counsel.presses("✔ Send")
    await rider.hears_of("Li (Lei), L-2026-000001: please send pay slips.")
