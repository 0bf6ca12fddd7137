"""The system's page in the console: what /system says, and what could not be delivered."""

from __future__ import annotations

from collections.abc import AsyncIterator
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
from tests.support.pages import Pages, Visitor, with_pages
from tests.support.simulator import NOON

PAGE = "/console/system"


@pytest.fixture
async def pages(database: Database, tmp_path: Path) -> AsyncIterator[Pages]:
    async with with_pages(database, tmp_path) as pages:
        yield pages


async def set_aside(pages: Pages) -> int:
    """A notice that Telegram takes no more."""
    async with pages.town.database.writing() as session:
        await delivery_queue.add(session, Addressed(PersonId(8), RoleTaken(Role.ADMIN), NOON))
        (one,) = [one for one in await delivery_queue.claim(session, NOON, 10) if one.recipient == 8]
        odd = "<script>alert(1)</script> chat is odd"
        await delivery_queue.settle(session, [Outcome(one.id, State.FAILED, 5, trouble=odd)], NOON)
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
    assert (await visitor.posts(f"{PAGE}/discard")).headers["Location"] == f"{PAGE}?discarded=1"
    assert await state_of(pages, first) is State.CANCELLED
    second = await set_aside(pages)
    retried = await visitor.posts(f"{PAGE}/retry")
    assert "1 will be retried." in (await visitor.gets(retried.headers["Location"])).text
    assert await state_of(pages, second) is not State.FAILED
    assert (await visitor.gets(f"{PAGE}?retried=%3Cb%3E&discarded=-1")).text.count('role="status"') == 0


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
