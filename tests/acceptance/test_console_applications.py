"""Applications in the console: the table, reading one, and deciding about many at once."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from storage import audit
from storage.database import Database
from storage.membership import applications, memberships, office, reviews
from storage.membership.applications import ApplicationState
from storage.membership.audited import MembershipAction
from storage.membership.ids import ApplicationId
from storage.membership.office import Chosen
from storage.telegram_ids import PersonId
from tests.support.admins import admin_of
from tests.support.applications import ANSWERS, applied, at_work
from tests.support.pages import Answer, Pages, with_pages
from tests.support.simulator import ADMIN, COORDINATOR, NOON

TABLE = "/console/applications"


@pytest.fixture
async def pages(database: Database, tmp_path: Path) -> AsyncIterator[Pages]:
    async with with_pages(database, tmp_path) as pages:
        yield pages


async def applied_all(pages: Pages, count: int) -> list[ApplicationId]:
    """So many riders apply, one a minute, each with numbers of their own."""
    found = []
    async with pages.town.database.writing() as session:
        for at in range(count):
            answers = {**ANSWERS, "phone": f"+8613800{at:06d}", "id_number": None}
            now = NOON - timedelta(minutes=count - at)
            found.append((await applications.apply(session, PersonId(1_000 + at), answers, 1, now)).id)
    return found


async def states(pages: Pages, ids: Sequence[ApplicationId]) -> list[ApplicationState]:
    async with pages.town.database.reading() as session:
        return [row.state for row in [await applications.find(session, one) for one in ids] if row is not None]


async def acts(pages: Pages, act: MembershipAction) -> int:
    async with pages.town.database.reading() as session:
        return len(await audit.search(session, 500, act=act.value))


def ids_in(answer: Answer) -> list[int]:
    return [int(one) for one in re.findall(r'name="id" value="(\d+)"', answer.text)]


@pytest.mark.both_databases
async def test_many_are_approved_at_once_and_undone(pages: Pages) -> None:
    visitor = await pages.signs_in(await at_work(pages.town))
    ids = await applied_all(pages, 52)
    first = await visitor.gets(TABLE)
    assert ids_in(first) == ids[: office.PAGE] and "李雷" not in first.text and "13800" not in first.text
    (more,) = set(re.findall(r'href="([^"]+after=[^"]+)"', first.text))
    assert ids_in(await visitor.gets(more.replace("&amp;", "&"))) == ids[office.PAGE :]

    plan = await visitor.posts(f"{TABLE}/plan", {"id": ids[:12]})
    assert plan.status == 200 and ids_in(plan) == ids[:12] and "Approve 12" in plan.text
    assert await states(pages, ids) == [ApplicationState.WAITING] * 52, "a plan changes nothing"
    done = await visitor.posts(f"{TABLE}/approve", {"id": ids[:12]})
    assert "12 applications are approved." in done.text and ids_in(done) == ids[:12]
    assert (await states(pages, ids)).count(ApplicationState.APPROVED) == 12
    assert await acts(pages, MembershipAction.APPLICATION_APPROVED) == 12
    async with pages.town.database.reading() as session:
        assert await memberships.of(session, PersonId(1_000)) is not None

    pages.town.now += timedelta(minutes=4)
    undone = await visitor.posts(f"{TABLE}/undo", {"id": ids[:8]})
    assert "8 decisions are undone" in undone.text
    assert await acts(pages, MembershipAction.APPLICATION_UNDONE) == 8
    pages.town.now += timedelta(minutes=2)
    late = await visitor.posts(f"{TABLE}/undo", {"id": ids[:12]})
    assert "0 decisions" in late.text and "12 were not undone" in late.text
    assert (await states(pages, ids)).count(ApplicationState.APPROVED) == 4
    async with pages.town.database.reading() as session:
        assert not (await audit.verify(session)).fault


async def test_what_others_hold_doubles_and_ones_own_stay(pages: Pages) -> None:
    coordinator, admin = await at_work(pages.town), await admin_of(pages.town)
    visitor, other = await pages.signs_in(coordinator), await pages.signs_in(admin)
    first, second, third = await applied_all(pages, 3)
    async with pages.town.database.writing() as session:
        double = (await applied(session, 2_000, phone="+8613800000002")).id
        own = (await applied(session, COORDINATOR, phone="+8613999999999", id_number=None)).id
    assert (await other.posts(f"{TABLE}/{first}/take")).status == 303
    await other.posts(f"{TABLE}/{second}/approve")  # is not in hand
    ticked = {"id": [first, second, third, double, own]}
    plan = await visitor.posts(f"{TABLE}/plan", ticked)
    assert ids_in(plan) == [second]
    assert plan.text.count("someone else is reviewing it") == 1 and plan.text.count("review it by itself") == 2
    refused = await visitor.posts(f"{TABLE}/refuse", {**ticked, "ready": "@area"})
    assert "1 application is refused." in refused.text
    found = dict(zip(ticked["id"], await states(pages, ticked["id"]), strict=True))
    assert [one for one, state in found.items() if state != ApplicationState.WAITING] == [second]
    assert (await visitor.posts(f"{TABLE}/{own}/take")).status == 409
    assert (await visitor.gets(f"{TABLE}/{own}")).status == 404


async def test_one_is_read_in_hand_and_decided_as_in_the_chat(pages: Pages) -> None:
    coordinator, admin = await at_work(pages.town), await admin_of(pages.town)
    visitor, other = await pages.signs_in(coordinator), await pages.signs_in(admin)
    first, second, third = await applied_all(pages, 3)
    unread = await visitor.gets(f"{TABLE}/{first}")
    assert "李雷" not in unread.text and await acts(pages, MembershipAction.APPLICATION_READ) == 0
    assert (await visitor.posts(f"{TABLE}/next")).headers["Location"] == f"{TABLE}/{first}"
    shown = await visitor.gets(f"{TABLE}/{first}")
    assert "李雷" in shown.text and "no-store" in shown.headers["Cache-Control"]
    assert await acts(pages, MembershipAction.APPLICATION_READ) == 1
    assert "李雷" not in (await other.gets(f"{TABLE}/{first}")).text
    assert (await other.posts(f"{TABLE}/{first}/take")).status == 409
    assert (await other.posts(f"{TABLE}/{first}/approve")).status == 409
    assert (await visitor.posts(f"{TABLE}/{first}/ask", {"question": "Which district do you mean?"})).status == 303
    assert (await visitor.posts(f"{TABLE}/{second}/refuse", {"ready": "", "reason": "far too short"[:4]})).status == 400
    await visitor.posts(f"{TABLE}/{second}/take")
    assert (await visitor.posts(f"{TABLE}/{second}/refuse", {"reason": "Not of this city."})).status == 303
    await visitor.posts(f"{TABLE}/{third}/take")
    assert (await visitor.posts(f"{TABLE}/{third}/approve")).status == 303
    wanted = [ApplicationState.ASKED, ApplicationState.REFUSED, ApplicationState.APPROVED]
    assert await states(pages, [first, second, third]) == wanted
    assert "Undo" in (await visitor.gets(f"{TABLE}/{third}")).text
    assert (await other.posts(f"{TABLE}/{third}/undo")).status == 409, "it was not theirs"
    assert (await visitor.posts(f"{TABLE}/{third}/undo")).status == 303
    assert (await visitor.posts(f"{TABLE}/{third}/release")).status == 303
    async with pages.town.database.reading() as session:
        assert (await reviews.queue(session, PersonId(ADMIN))).total == 1


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_odd_addresses_and_forms_are_told(pages: Pages) -> None:
    visitor = await pages.signs_in(await at_work(pages.town))
    (one,) = await applied_all(pages, 1)
    for query in ("state=none", "days=-1", "days=x", "days=10000", "after=!", "after=YQ==", "state=withdrawn"):
        assert (await visitor.gets(f"{TABLE}?{query}")).status == 400, query
    for ids in ([], ["x"], ["-1"], ["1" * 19], list(range(1, office.MOST_AT_ONCE + 2))):
        assert (await visitor.posts(f"{TABLE}/approve", {"id": ids})).status == 400
    assert (await visitor.posts(f"{TABLE}/refuse", {"id": one, "ready": "mine"})).status == 400
    assert (await visitor.asks("POST", f"{TABLE}/plan", "id=1&" * 20_000)).status == 400
    assert await states(pages, [one]) == [ApplicationState.WAITING]


@pytest.mark.both_databases
async def test_views_show_what_they_say(database: Database) -> None:
    async with database.writing() as session:
        rows = [await applied(session, 10 + at) for at in range(4)]
        rows[0].waiting_since = NOON - timedelta(days=5)
        await reviews.claim(session, rows[1].id, PersonId(1), NOON)
        await reviews.claim(session, rows[2].id, PersonId(1), NOON)
        await reviews.approve(session, rows[2].id, PersonId(1), NOON)
        ids = [row.id for row in rows]

        async def shown(chosen: Chosen, viewer: int = 1) -> list[int]:
            found = await office.listed(session, PersonId(viewer), chosen, NOON)
            return [ids.index(row.id) for row in found]

        assert await shown(Chosen()) == [0, 1, 3] and await shown(Chosen(), viewer=13) == [0, 1]
        assert await shown(Chosen(days=3)) == [0] and await shown(Chosen(mine=True)) == [1]
        assert await shown(Chosen(ApplicationState.APPROVED, mine=True)) == [2]
        assert await shown(Chosen(ApplicationState.APPROVED, mine=True), viewer=2) == []
