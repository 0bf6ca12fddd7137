"""Cases in the console: the table, one in hand, its evidence, and everybody who is not to see them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from storage import audit
from storage.cases import access, cases, joining, office
from storage.cases import messages as case_messages
from storage.cases.audited import CaseAction
from storage.cases.files import evidence
from storage.cases.ids import CaseId, EvidenceId
from storage.cases.messages import Said
from storage.cases.office import Chosen
from storage.cases.table import Case, CaseContent, CaseState, Outcome, Side
from storage.database import Database
from storage.people import people, roles
from storage.telegram_ids import PersonId
from tests.support.applications import picture
from tests.support.case_scripts import keep_evidence
from tests.support.forged_cases import rewritten
from tests.support.pages import Answer, Pages, Visitor, with_pages
from tests.support.simulator import ADMIN, COORDINATOR, COUNSEL, NOON, SECOND_COUNSEL

TABLE = "/console/cases"
OWNER = PersonId(440)
EVIL = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
SECRET = f"the secret {EVIL}"
PDF = b"%PDF-1.7\n" + b"x" * (evidence.PIECE + 10)
NO_SUCH_CASE = "There is no such case"


@pytest.fixture
async def pages(database: Database, tmp_path: Path) -> AsyncIterator[Pages]:
    async with with_pages(database, tmp_path) as pages:
        async with database.writing() as session:
            everybody = (OWNER, COUNSEL, SECOND_COUNSEL, ADMIN, COORDINATOR)
            await people.seen_all(session, dict.fromkeys(everybody, "en"), NOON)
        yield pages


async def a_case(pages: Pages, *, owner: PersonId = OWNER, desk: str = "legal", kind: str = "pay") -> CaseId:
    async with pages.town.database.writing() as session:
        due, content = NOON + timedelta(hours=24), CaseContent(kind, name=EVIL)
        row = await cases.open_case(session, desk, desk[0].upper(), owner, content, 1, 2026, due, NOON)
        await case_messages.say(session, row, Side.RIDER, owner, None, Said(text=SECRET), NOON)
        return row.id


async def a_file(pages: Pages, case_id: CaseId, content: bytes, name: str = EVIL) -> EvidenceId:
    async with pages.town.database.writing() as session:
        row = await access.find(session, case_id)
        assert row is not None
        said = Said("document", "", file_id="F", file_name=name, mime="text/html", size=len(content))
        message = await case_messages.say(session, row, Side.RIDER, OWNER, None, said, NOON)
        kept = next(one for one in await evidence.of_case(session, case_id) if one.message_id == message.id)
        await keep_evidence(session, kept.id, content)
        return kept.id


async def signed_in(pages: Pages, person_id: int) -> Visitor:
    return await pages.signs_in(pages.town.rider(person_id))


async def acts(pages: Pages, act: CaseAction) -> int:
    async with pages.town.database.reading() as session:
        return len(await audit.search(session, 50, act=act.value))


def has_nothing(answer: Answer) -> bool:
    return "the secret" not in answer.text and "<script>alert" not in answer.text


@pytest.mark.both_databases
async def test_a_case_is_taken_answered_handed_on_and_closed(pages: Pages) -> None:
    case_id = await a_case(pages)
    here, rider = f"{TABLE}/{case_id}", pages.town.rider(OWNER)
    rider.person.started = True
    first, second = await signed_in(pages, COUNSEL), await signed_in(pages, SECOND_COUNSEL)
    listed = await first.gets(TABLE)
    assert "L-2026-000001" in listed.text and f"{here}/take" in listed.text and has_nothing(listed)
    outside = await first.gets(here)
    assert outside.status == 200 and has_nothing(outside), "nothing is read before it is taken"
    assert [(await first.posts(f"{here}/take")).status for _ in range(2)] == [303, 303]
    assert await acts(pages, CaseAction.CASE_CLAIMED) == 1
    await rider.hears_of("Someone has taken your case")
    assert (await second.posts(f"{here}/take")).status == 409

    shown = await first.gets(here)
    assert "the secret &#34;&gt;&lt;script&gt;" in shown.text and "<script>alert" not in shown.text
    assert shown.headers["Cache-Control"] == "no-store" and "unsafe" not in shown.headers["Content-Security-Policy"]
    answer = {"text": "Keep your\npay slips", "seen": 1}
    assert [(await first.posts(f"{here}/answer", answer)).status for _ in range(2)] == [303, 303]
    heard = await rider.hears_of("Keep your\npay slips")
    assert str(COUNSEL) not in str(heard["text"])
    assert (await first.posts(f"{here}/note", {"text": "Call the station", "seen": 1})).status == 303
    again = await first.gets(f"{here}/talk")
    assert again.text.count("Keep your") == 1 and "Call the station" in again.text and "<html" not in again.text
    assert (await first.posts(f"{here}/wait", {"whom": "us"})).status == 303
    assert "L-2026-000001" in (await first.gets(f"{TABLE}?mine=1&ours=1")).text

    handed = {"to": SECOND_COUNSEL, "text": "Yours now"}
    assert (await first.posts(f"{here}/hand", {**handed, "to": OWNER})).status == 409, "no handler of the desk"
    assert (await first.posts(f"{here}/hand", handed)).headers["Location"] == f"{TABLE}?said=handed"
    assert has_nothing(await first.gets(here)) and (await first.gets(f"{here}/talk")).status == 409
    assert "Yours now" in (await second.gets(here)).text
    assert (await second.posts(f"{here}/close", {"outcome": "approved"})).status == 409
    assert (await second.posts(f"{here}/close", {"outcome": "settled"})).status == 303
    await rider.hears_of("resolved")
    closed = await second.gets(here)
    assert "the secret" in closed.text and "<textarea" not in closed.text
    assert (await second.posts(f"{here}/answer", answer)).status == 409
    counted = [await acts(pages, one) for one in (CaseAction.CASE_ASSIGNED, CaseAction.CASE_CLOSED)]
    assert counted == [1, 1] and "Call the station" not in str(rider.heard)


async def test_a_second_tap_sends_no_long_answer_again(pages: Pages) -> None:
    """It becomes several messages, and none of them is what the form says."""
    case_id = await a_case(pages)
    counsel = await signed_in(pages, COUNSEL)
    here = f"{TABLE}/{case_id}"
    await counsel.posts(f"{here}/take")
    long = "Keep your pay slips. " * 184
    for text in (long, long, long + "All of them."):
        assert (await counsel.posts(f"{here}/answer", {"text": text, "seen": 1})).status == 303
    async with pages.town.database.reading() as session:
        said = [case_messages.said_in(session, one).text for one in await case_messages.talk_of(session, case_id)]
    parts = said[1:]
    assert len(parts) == 4 and parts[0] == parts[2] and parts[3].endswith("All of them.")


async def test_all_riders_of_a_collective_case_are_written_to_from_one_of_its_cases(pages: Pages) -> None:
    """Once each, and by who has it in hand; the other riders see nothing of each other."""
    other = PersonId(441)
    ids = [await a_case(pages), await a_case(pages, owner=other)]
    riders = [pages.town.rider(one) for one in (OWNER, other)]
    for rider in riders:
        rider.person.started = True
    async with pages.town.database.writing() as session:
        await people.seen_all(session, {other: "en"}, NOON)
        for one in ids:
            await cases.claim(session, one, COUNSEL, ["legal"], NOON)
        joined, _ = await joining.open_collective(session, ids[0], COUNSEL, "L", EVIL, 2026, NOON)
        await joining.join(session, ids[1], joined.id, COUNSEL, ["legal"])
    first, second = await signed_in(pages, COUNSEL), await signed_in(pages, SECOND_COUNSEL)
    here = f"{TABLE}/{ids[0]}"
    assert "L-2026-C00001" in (await first.gets(f"{TABLE}?mine=1")).text
    shown = await first.gets(here)
    assert "2 people in 2 cases" in shown.text and "<script>alert" not in shown.text
    form = {"text": "The hearing is on Monday", "seen": 2}
    assert (await second.posts(f"{here}/all", form)).status == 409
    assert [(await first.posts(f"{here}/all", form)).status for _ in range(2)] == [303, 303]
    for rider in riders:
        await rider.hears_of("The hearing is on Monday")
    await pages.town.until_idle()
    assert [str(rider.heard).count("The hearing is on Monday") for rider in riders] == [1, 1]
    assert "L-2026-000002" not in str(riders[0].heard) and "L-2026-000001" not in str(riders[1].heard)
    assert await acts(pages, CaseAction.COLLECTIVE_WRITTEN) == 2


async def test_who_writes_to_all_from_two_cases_at_once_waits_in_one_order(pages: Pages) -> None:
    """Each would hold the case from which it is written, and want the other's."""
    ids = [await a_case(pages), await a_case(pages)]
    async with pages.town.database.writing() as session:
        for one in ids:
            await cases.claim(session, one, COUNSEL, ["legal"], NOON)
        joined, _ = await joining.open_collective(session, ids[0], COUNSEL, "L", "Fines", 2026, NOON)
        await joining.join(session, ids[1], joined.id, COUNSEL, ["legal"])
    counsel = await signed_in(pages, COUNSEL)
    form = {"text": "The hearing is on Monday", "seen": 2}
    async with pages.town.database.writing() as session:
        await access.of_handler_for_update(session, ids[0], COUNSEL)
        sent = asyncio.create_task(counsel.posts(f"{TABLE}/{ids[1]}/all", form))
        await asyncio.wait([sent], timeout=0.3)
        assert await session.get(Case, ids[1], with_for_update={"nowait": True}) is not None
    assert (await sent).status == 303


async def test_evidence_is_shown_as_what_its_bytes_are_to_its_handler_alone(pages: Pages) -> None:
    mine, other = await a_case(pages), await a_case(pages)
    contents = {"image/png": picture(), "application/pdf": PDF, "": b"<html><script>alert(1)</script>"}
    files = {media: await a_file(pages, mine, content, f"{EVIL}.html") for media, content in contents.items()}
    foreign = await a_file(pages, other, PDF)
    counsel, second = await signed_in(pages, COUNSEL), await signed_in(pages, SECOND_COUNSEL)
    await counsel.posts(f"{TABLE}/{mine}/take")
    here = f"{TABLE}/{mine}/evidence"
    shown = await counsel.gets(f"{TABLE}/{mine}")
    assert "<iframe" in shown.text and "<img" in shown.text and "<script>alert" not in shown.text
    for media, content in contents.items():
        async with pages.client.get(f"{here}/{files[media]}", headers=counsel.headers) as answer:
            assert answer.status == (200 if media else 404)
            if media:
                assert answer.content_type == media and await answer.read() == content
                assert answer.headers["Cache-Control"] == "no-store"
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
                policy = answer.headers["Content-Security-Policy"]
                assert "script" not in policy and "frame-ancestors 'self'" in policy
    saved = await counsel.gets(f"{here}/{files['']}/file")
    assert saved.headers["Content-Type"] == "application/octet-stream" and "alert" in saved.text
    assert saved.headers["Content-Disposition"].endswith(".bin") and '"' not in saved.headers["Content-Disposition"]
    assert await acts(pages, CaseAction.CASE_BUNDLE) == 1

    pdf = files["application/pdf"]
    admin, coordinator = await signed_in(pages, ADMIN), await signed_in(pages, COORDINATOR)
    for visitor in (pages.anybody, await pages.opens_app(COUNSEL), second, admin, coordinator):
        for path in (f"{here}/{pdf}", f"{here}/{pdf}/file"):
            assert "%PDF" not in (await visitor.gets(path)).text
    for path in (f"{here}/{foreign}", f"{here}/{foreign}/file", f"{TABLE}/{other}/evidence/{foreign}", f"{here}/999"):
        assert (await counsel.gets(path)).status in (404, 409), path
    async with pages.town.database.writing() as session:
        row = await session.get_one(evidence.Evidence, foreign)
        row.case_id = mine
    assert "%PDF" not in (await counsel.gets(f"{here}/{foreign}")).text, "it is sealed to its own case"


async def test_nobody_else_sees_or_changes_a_case(pages: Pages) -> None:
    """Every act of everybody on a case in hand, and on one that they have a conflict in."""
    case_id = await a_case(pages)
    owner = await signed_in(pages, COUNSEL)
    await owner.posts(f"{TABLE}/{case_id}/take")
    visitors = {one: await signed_in(pages, one) for one in (SECOND_COUNSEL, ADMIN, COORDINATOR)}
    visitors |= {
        PersonId(0): pages.anybody,
        COUNSEL: await pages.opens_app(COUNSEL),
        OWNER: await pages.opens_app(OWNER),
    }
    fields = {"text": "Mine now", "seen": 0, "to": "queue", "whom": "rider", "outcome": "settled"}
    for person_id, visitor in visitors.items():
        for act in ("take", "answer", "note", "hand", "wait", "conflict", "close"):
            found = await visitor.posts(f"{TABLE}/{case_id}/{act}", fields)
            assert found.status in (401, 403, 409, 422) and has_nothing(found), (person_id, act, found.status)
        for path in (TABLE, f"{TABLE}?mine=1", f"{TABLE}/{case_id}", f"{TABLE}/{case_id}/talk"):
            assert has_nothing(await visitor.gets(path)), (person_id, path)
    for act in ("read", "give"):
        for person_id in (SECOND_COUNSEL, COORDINATOR):
            fields = {"reason": "I want to know it", "to": "queue"}
            assert (await visitors[person_id].posts(f"{TABLE}/{case_id}/{act}", fields)).status == 403
        assert (await owner.posts(f"{TABLE}/{case_id}/{act}", fields)).status == 403
    bare = Visitor(pages.client, owner.headers)
    for foreign in ({}, {"csrf": "0" * 32}):
        assert (await bare.posts(f"{TABLE}/{case_id}/close", {"outcome": "settled", **foreign})).status == 422
    assert (
        await owner.posts(f"{TABLE}/{case_id}/close", {"outcome": "settled"}, Sec_Fetch_Site="cross-site")
    ).status == 422
    async with pages.town.database.reading() as session:
        row = await access.find(session, case_id)
        assert row is not None and (row.assigned_to, row.state) == (COUNSEL, CaseState.OURS)
        assert len(await case_messages.talk_of(session, case_id, notes=True)) == 1

    assert (await owner.posts(f"{TABLE}/{case_id}/conflict")).headers["Location"] == f"{TABLE}?said=hidden"
    assert (await owner.posts(f"{TABLE}/{case_id}/take")).status == 409, "hidden for good"
    assert NO_SUCH_CASE in (await owner.gets(f"{TABLE}/{case_id}")).text
    assert "L-2026" not in (await owner.gets(TABLE)).text
    assert "L-2026" in (await visitors[SECOND_COUNSEL].gets(TABLE)).text


async def test_ones_own_case_another_desk_and_a_case_in_doubt_do_not_exist(pages: Pages) -> None:
    own, forged = await a_case(pages, owner=PersonId(COUNSEL)), await a_case(pages)
    counsel, reviewer = await signed_in(pages, COUNSEL), PersonId(77)
    async with pages.town.database.writing() as session:
        await roles.grant(session, reviewer, "reviewer", PersonId(ADMIN), NOON)
        await people.seen_all(session, {reviewer: "en"}, NOON)
    await pages.town.rider(reviewer).says("/start")
    visitor = await signed_in(pages, reviewer)
    assert (await visitor.gets(TABLE)).status == 200 and "L-2026" not in (await visitor.gets(TABLE)).text
    assert (await visitor.gets(f"{TABLE}?desk=legal")).status == 400
    await rewritten(pages.town.database, f"UPDATE cases SET assigned_to = {COUNSEL} WHERE id = {forged}")
    for one, person in ((own, counsel), (forged, counsel), (CaseId(99), counsel), (own, visitor)):
        for answer in (await person.gets(f"{TABLE}/{one}"), await person.posts(f"{TABLE}/{one}/take")):
            assert answer.status == 409 and has_nothing(answer), one
    assert "L-2026" not in (await counsel.gets(TABLE)).text + (await counsel.gets(f"{TABLE}?mine=1")).text
    for query in ("desk=none", "days=x", "days=-1", "after=!", "after=YQ==", "after=MS94LzE="):
        assert (await counsel.gets(f"{TABLE}?{query}")).status == 400, query


async def test_an_admin_reads_for_a_reason_and_assigns(pages: Pages) -> None:
    case_id = await a_case(pages)
    await a_file(pages, case_id, PDF, "slip.pdf")
    admin, here = await signed_in(pages, ADMIN), f"{TABLE}/{case_id}"
    assert (await admin.posts(f"{here}/read", {"reason": "short"})).status == 400
    assert await acts(pages, CaseAction.CASE_READ) == 0
    read = await admin.posts(f"{here}/read", {"reason": "A complaint about the desk"})
    assert "the secret" in read.text and "slip.pdf" in read.text and "/evidence/" not in read.text
    assert await acts(pages, CaseAction.CASE_READ) == 1
    assert (await admin.posts(f"{here}/take")).status == 403, "an admin handles no cases"
    assert (await admin.gets(f"{TABLE}?mine=1")).status == 400
    assert (await admin.posts(f"{here}/give", {"to": COORDINATOR})).status == 409
    assert (await admin.posts(f"{here}/give", {"to": SECOND_COUNSEL})).status == 303
    assert "the secret" in (await (await signed_in(pages, SECOND_COUNSEL)).gets(here)).text


@pytest.mark.both_databases
async def test_the_table_shows_what_is_chosen_page_by_page(pages: Pages) -> None:
    async with pages.town.database.writing() as session:
        ids = []
        for at in range(office.PAGE + 3):
            content = CaseContent("pay" if at % 2 else "injury")
            due = NOON + timedelta(hours=at - 1)
            row = await cases.open_case(session, "legal", "L", OWNER, content, 1, 2026, due, NOON - timedelta(days=at))
            ids.append(row.id)
        rows = [await access.find(session, one) for one in ids]
        assert rows[0] is not None and rows[1] is not None and rows[2] is not None
        cases.mark_urgent(rows[2], NOON, timedelta(minutes=5))
        await cases.claim(session, ids[3], PersonId(COUNSEL), ["legal"], NOON)
        cases.close(rows[1], Outcome.ADVISED, NOON)

        async def shown(**chosen: object) -> list[int]:
            wanted = Chosen(**{"desks": {"legal": None}, **chosen})  # type: ignore[arg-type]
            found = await office.listed(session, PersonId(COUNSEL), wanted, NOON)
            return [ids.index(row.id) for row in found]

        assert (await shown())[:4] == [2, 0, 4, 5] and len(await shown()) == office.PAGE + 1
        assert await shown(overdue=True) == [0] and await shown(mine=True) == [3]
        assert await shown(desks={}) == [] and await shown(desks={}, mine=True) == [3]
        assert await shown(kind="injury", days=50) == [50, 52] and await shown(mine=True, ours=True) == [3]
        await cases.open_case(session, "legal", "L", OWNER, CaseContent("pay"), 1, 2026, NOON + timedelta(days=9), NOON)
        first = await office.listed(session, PersonId(COUNSEL), Chosen({"legal": None}), NOON)
        after = office.place_of(first[office.PAGE - 1])
        rest = await office.listed(session, PersonId(COUNSEL), Chosen({"legal": None}), NOON, after)
        assert [row.id for row in rest][:1] == [first[-1].id] and len(rest) == 2
