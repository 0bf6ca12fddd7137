"""/console: a link that works once, the session that it becomes, and what ends it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from storage import audit
from storage.console import passes
from storage.console.audited import ConsoleAction
from storage.console.passes import Kind
from storage.database import Database
from storage.people import blocks, roles
from storage.telegram_ids import PersonId
from tests.support.admins import admin_of
from tests.support.applications import at_work
from tests.support.pages import COOKIE, Pages, Visitor, cookie_of, with_pages
from tests.support.simulator import ADMIN, COORDINATOR, NOON, Town

HELPER = 77
TABLE = "/console/applications"
SIGNED_OUT = "You are signed out"


@pytest.fixture
async def pages(database: Database, tmp_path: Path) -> AsyncIterator[Pages]:
    async with with_pages(database, tmp_path) as pages:
        yield pages


async def helper_of(town: Town) -> None:
    """Somebody who was made a coordinator in the chat."""
    async with town.database.writing() as session:
        await roles.grant(session, PersonId(HELPER), "coordinator", PersonId(ADMIN), NOON)


async def test_a_link_works_once_and_nothing_but_its_button_uses_it(pages: Pages) -> None:
    coordinator = await at_work(pages.town)
    token = await pages.link_of(coordinator)
    for method in ("GET", "HEAD", "OPTIONS", "PUT"):  # previews, prefetches, scanners
        await pages.anybody.asks(method, f"/console/enter?token={token}")
    shown = await pages.anybody.gets("/console/enter")
    assert shown.status == 200 and token not in shown.text

    opened = await pages.anybody.posts("/console/enter", {"token": token})
    assert (opened.status, opened.headers["Location"]) == (303, "/console")
    cookie = opened.headers["Set-Cookie"]
    for part in (f"{COOKIE}=", "HttpOnly", "SameSite=Strict", "Secure", "Path=/", "Max-Age=28800"):
        assert part in cookie
    assert "Domain" not in cookie
    visitor = await pages.with_session(cookie_of(opened))
    first = await visitor.gets("/console")
    assert (first.status, first.headers["Location"]) == (303, TABLE)
    assert (await visitor.gets(TABLE)).status == 200

    again = await pages.anybody.posts("/console/enter", {"token": token})
    assert again.status == 409 and "used already" in again.text and "Set-Cookie" not in again.headers
    async with pages.town.database.reading() as session:
        (noted,) = await audit.search(session, 5, act=ConsoleAction.CONSOLE_OPENED.value)
    assert noted.actor == COORDINATOR


async def test_a_link_and_a_session_end_with_their_time(pages: Pages) -> None:
    coordinator = await at_work(pages.town)
    late = await pages.link_of(coordinator)
    pages.town.now += timedelta(minutes=2)
    assert (await pages.anybody.posts("/console/enter", {"token": late})).status == 409
    visitor = await pages.signs_in(coordinator)
    pages.town.now += timedelta(hours=8) - timedelta(seconds=1)
    assert (await visitor.gets(TABLE)).status == 200
    pages.town.now += timedelta(seconds=1)
    assert (await visitor.gets(TABLE)).status == 401
    async with pages.town.database.writing() as session:
        assert not await passes.forget(session, pages.town.now, pages.town.context.settings.retention)
        assert await passes.copy_of(session, PersonId(COORDINATOR)) == []


async def test_sessions_are_listed_and_ended_in_the_chat(pages: Pages) -> None:
    coordinator = await at_work(pages.town)
    first, second = await pages.signs_in(coordinator), await pages.signs_in(coordinator)
    unused = await pages.link_of(coordinator)
    await coordinator.presses("✖ 2")  # the newest is the first
    await coordinator.hears_of("Signed out.")
    assert [(await one.gets(TABLE)).status for one in (first, second)] == [401, 200]
    await coordinator.presses("Sign out everywhere")
    await coordinator.hears_of("Signed out.")
    assert (await second.gets(TABLE)).status == 401
    assert (await pages.anybody.posts("/console/enter", {"token": unused})).status == 409

    third = await pages.signs_in(coordinator)
    left = await third.posts("/console/leave")
    assert left.status == 303 and f'{COOKIE}=""' in left.headers["Set-Cookie"]
    assert (await third.gets(TABLE)).status == 401


async def test_a_role_that_is_taken_away_ends_what_it_opened(pages: Pages) -> None:
    town = pages.town
    await helper_of(town)
    helper = town.rider(HELPER)
    await helper.says("/start")
    visitor = await pages.signs_in(helper)
    async with pages.client.get("/console/live", headers=visitor.headers) as live:
        assert live.content_type == "text/event-stream" and await live.content.readline() == b":\n"
        async with town.database.writing() as session:
            await roles.take(session, PersonId(HELPER), "coordinator")
        assert (await visitor.gets(TABLE)).status == 401
        async with town.database.reading() as session:
            assert not await passes.sessions_of(session, PersonId(HELPER), town.now)
        assert b"event: ended" in await live.content.read()
    await helper_of(town)
    assert (await visitor.gets(TABLE)).status == 401, "the role came back, the session did not"


async def test_who_is_blocked_is_out(pages: Pages) -> None:
    coordinator = await at_work(pages.town)
    visitor, app = await pages.signs_in(coordinator), await pages.opens_app(COORDINATOR)
    async with pages.town.database.writing() as session:
        await blocks.block(session, PersonId(COORDINATOR), "spam", PersonId(ADMIN), NOON, None)
    await pages.town.context.blocks.refresh()
    assert (await visitor.gets(TABLE)).status == 451 and (await app.gets("/app/map")).status == 451
    entered = await pages.anybody.posts("/app/enter", {"init_data": pages.init_data(COORDINATOR)})
    assert entered.status == 451


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_only_our_pages_change_anything(pages: Pages) -> None:
    """CSRF: neither without the session's token, nor with another's, nor from another site."""
    coordinator, admin = await at_work(pages.town), await admin_of(pages.town)
    visitor, other = await pages.signs_in(coordinator), await pages.signs_in(admin)
    for fields in ({}, {"csrf": ""}, {"csrf": other.csrf}, {"csrf": visitor.csrf[:-1] + "é"}):
        bare = Visitor(pages.client, visitor.headers)
        assert (await bare.posts("/console/leave", fields)).status == 422, fields
    for site in ("cross-site", "same-site"):
        assert (await visitor.posts("/console/leave", Sec_Fetch_Site=site)).status == 422, site
    assert (await visitor.posts("/console/leave", Origin="https://evil.example")).status == 422
    json_like = await visitor.asks("POST", "/console/leave", f'{{"csrf": "{visitor.csrf}"}}', Content_Type="text/plain")
    assert json_like.status == 400
    assert (await visitor.gets("/console/leave")).status == 405
    token = await pages.link_of(coordinator)
    foreign = await pages.anybody.posts("/console/enter", {"token": token}, Sec_Fetch_Site="cross-site")
    assert foreign.status == 422, "nobody is signed in to somebody else's session from another site"
    assert (await visitor.gets(TABLE)).status == 200
    assert (await visitor.posts("/console/leave", Origin="https://bot.example.org")).status == 303


@pytest.mark.both_databases
@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_what_is_kept_opens_nothing(pages: Pages) -> None:
    """Neither the digest from the database, nor a link as a session, nor a token of the Mini App as one."""
    coordinator = await at_work(pages.town)
    token = await pages.link_of(coordinator)
    app = await pages.opens_app(COORDINATOR)
    bearer = app.headers["Authorization"].partition(" ")[2]
    for guess in (token, bearer, passes.digest_of(token).hex(), "", "a" * passes.TOKEN_LENGTH, "é" * 43, "a" * 9_000):
        assert (await Visitor(pages.client, {"Cookie": f"{COOKIE}={guess}"}).gets(TABLE)).status in (400, 401, 403), (
            guess
        )
    assert (await app.gets(TABLE)).status == 403
    async with pages.town.database.writing() as session:
        made = await passes.issue(session, PersonId(HELPER), Kind.SESSION, pages.town.now)
        forged = await passes.opened_by(session, made, pages.town.now)
        assert forged is not None
        row = await session.get_one(passes.PassRow, forged.id)
        row.person_id = PersonId(COORDINATOR)
        await session.flush()
        assert await passes.opened_by(session, made, pages.town.now) is None, "it was made for somebody else"


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_who_has_nothing_to_do_there_gets_no_link(pages: Pages) -> None:
    async with pages.town.database.writing() as session:
        await roles.grant(session, PersonId(78), "scrutineer", PersonId(ADMIN), NOON)
    for person_id in (HELPER, 78):
        person = pages.town.rider(person_id)
        await person.says("/console")
        await person.hears_of("Only the staff")


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_without_https_there_are_no_pages_and_the_chat_says_why(database: Database, tmp_path: Path) -> None:
    async with with_pages(database, tmp_path, web={"public_url": "http://bot.example.org"}) as pages:
        coordinator = await at_work(pages.town)
        await coordinator.says("/console")
        await coordinator.hears_of("public_url")
        await coordinator.says("/station")
        await coordinator.hears_of("Press the button below")
        for path in ("/app", "/app/map", "/console", "/console/enter"):
            assert (await pages.anybody.gets(path)).status == 404


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_the_console_can_be_switched_off_and_the_map_stays(database: Database, tmp_path: Path) -> None:
    async with with_pages(database, tmp_path, features={"console": False}) as pages:
        coordinator = await at_work(pages.town)
        await coordinator.says("/console")
        await coordinator.hears_of("don't know")
        assert (await pages.anybody.gets("/console/enter")).status == 404
        assert (await (await pages.opens_app(1)).gets("/app/map")).status == 200
