"""The system's page in the console: what /system says, and what could not be delivered."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from storage.database import Database
from storage.deliveries import queue as delivery_queue
from storage.deliveries.queue import Addressed, Outcome
from storage.deliveries.table import Delivery, State
from storage.operations import errors
from storage.people.access import Role
from storage.people.notices import RoleTaken
from storage.schema import NEWEST
from storage.telegram_ids import PersonId
from tests.support.admins import admin_of
from tests.support.applications import at_work
from tests.support.pages import Answer, Pages, Visitor, with_pages
from tests.support.simulator import NOON

PAGE = "/console/system"


@pytest.fixture
async def pages(database: Database, tmp_path: Path) -> AsyncIterator[Pages]:
    async with with_pages(database, tmp_path) as pages:
        yield pages


async def set_aside(pages: Pages, at: datetime = NOON) -> int:
    """A notice that Telegram takes no more."""
    async with pages.town.database.writing() as session:
        await delivery_queue.add(session, Addressed(PersonId(8), RoleTaken(Role.ADMIN), NOON))
        (one,) = [one for one in await delivery_queue.claim(session, NOON, 10) if one.recipient == 8]
        odd = "<script>alert(1)</script> chat is odd"
        await delivery_queue.settle(session, [Outcome(one.id, State.FAILED, 5, trouble=odd)], at)
        return one.id


async def state_of(pages: Pages, key: int) -> State:
    async with pages.town.database.reading() as session:
        return (await session.get_one(Delivery, key)).state


async def test_an_admin_sees_how_it_is_and_retries_and_discards(pages: Pages) -> None:
    visitor = await pages.signs_in(await admin_of(pages.town))
    async with pages.town.database.writing() as session:
        await errors.note(session, "f", "RuntimeError", "bot/app.py:1", "E-1234", NOON)
    first = await set_aside(pages)
    shown = await visitor.gets(PAGE)
    for words in (f"schema {NEWEST}", "chat is odd", "role_taken", "E-1234", "no backup yet"):
        assert words in shown.text, words
    assert "<script>alert" not in shown.text and shown.headers["Cache-Control"] == "no-store"
    assert (await visitor.posts(f"{PAGE}/discard", seen_on(shown))).headers["Location"] == f"{PAGE}?discarded=1"
    assert await state_of(pages, first) is State.CANCELLED
    second = await set_aside(pages)
    retried = await visitor.posts(f"{PAGE}/retry")
    assert "1 will be retried." in (await visitor.gets(retried.headers["Location"])).text
    assert await state_of(pages, second) is not State.FAILED
    assert (await visitor.gets(f"{PAGE}?retried=%3Cb%3E&discarded=-1")).text.count('role="status"') == 0


def seen_on(page: Answer) -> dict[str, str]:
    """What the page sends along when its button is pressed."""
    found = re.search(r'name="seen" value="([^"]*)"', page.text)
    assert found is not None, page.text
    return {"seen": found[1]}


async def test_what_failed_after_the_page_was_shown_is_not_discarded_with_it(pages: Pages) -> None:
    """By no second tap and no page left open: nobody has seen it."""
    visitor = await pages.signs_in(await admin_of(pages.town))
    first = await set_aside(pages)
    shown = seen_on(await visitor.gets(PAGE))
    later = await set_aside(pages, NOON + timedelta(seconds=1))
    assert (await visitor.posts(f"{PAGE}/discard", shown)).headers["Location"] == f"{PAGE}?discarded=1"
    assert (await state_of(pages, first), await state_of(pages, later)) == (State.CANCELLED, State.FAILED)
    for odd in ("", "x", "1e9", "-1", "9" * 30):
        assert (await visitor.posts(f"{PAGE}/discard", {"seen": odd})).status == 400, odd
    assert await state_of(pages, later) is State.FAILED


async def test_in_the_chat_neither(pages: Pages) -> None:
    admin = await admin_of(pages.town)
    first = await set_aside(pages)
    await admin.says("/system")
    await admin.hears_of("schema")
    await admin.presses("Undelivered")
    await admin.hears_of("chat is odd")
    await admin.presses("Discard all")
    await admin.hears_of("They will never be sent.")
    later = await set_aside(pages, NOON + timedelta(seconds=1))
    await admin.presses("Discard them")
    await admin.hears_of("chat is odd")
    assert (await state_of(pages, first), await state_of(pages, later)) == (State.CANCELLED, State.FAILED)


async def test_nobody_else_does(pages: Pages) -> None:
    key = await set_aside(pages)
    admin = await pages.signs_in(await admin_of(pages.town))
    coordinator = await pages.signs_in(await at_work(pages.town))
    assert f'href="{PAGE}"' not in (await coordinator.gets("/console/applications")).text
    for visitor, status in ((coordinator, 403), (Visitor(pages.client, admin.headers), 422)):
        for act in ("retry", "discard", "backup"):
            assert (await visitor.posts(f"{PAGE}/{act}")).status == status
    assert (await coordinator.gets(PAGE)).status == 403
    assert await state_of(pages, key) is State.FAILED
