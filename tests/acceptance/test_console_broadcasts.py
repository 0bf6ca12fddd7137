"""Broadcasts in the console: written, looked at, counted, approved by a second one, stopped and recalled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from storage import audit
from storage.broadcasts import broadcasts
from storage.broadcasts.audited import BroadcastAction
from storage.broadcasts.broadcasts import Broadcast, BroadcastState
from storage.broadcasts.content import Content
from storage.broadcasts.ids import BroadcastId
from storage.database import Database
from storage.people import people, roles
from storage.people.segments import Segment
from storage.people.topics import Topic
from storage.telegram_ids import PersonId
from tests.support.admins import admin_of
from tests.support.pages import Answer, Pages, Visitor, with_pages
from tests.support.settings import change_settings
from tests.support.simulator import COORDINATOR, COUNSEL, NOON, Rider

LIST = "/console/broadcasts"
EVIL = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}'
FORM = {"content": "**Free** haircuts\nsee [the list](https://example.org/cuts)", "topic": "news", "reading": "yes"}


@pytest.fixture
async def pages(database: Database, tmp_path: Path) -> AsyncIterator[Pages]:
    async with with_pages(database, tmp_path) as pages:
        yield pages


async def riders(pages: Pages, count: int = 6) -> list[Rider]:
    found = [pages.town.rider(number) for number in range(31, 31 + count)]
    async with pages.town.database.writing() as session:
        await people.seen_all(session, {rider.id: "en" for rider in found}, NOON)
    for rider in found:
        rider.person.started = True
    return found


async def coordinator_of(pages: Pages) -> Visitor:
    return await pages.signs_in(pages.town.rider(COORDINATOR))


async def row_of(pages: Pages, number: int = 1) -> Broadcast:
    async with pages.town.database.reading() as session:
        row = await broadcasts.find(session, BroadcastId(number))
        assert row is not None
        return row


async def noted(pages: Pages, act: BroadcastAction) -> list[str]:
    async with pages.town.database.reading() as session:
        return [entry.about for entry in await audit.search(session, 50, act=act.value)]


async def writes(visitor: Visitor, **fields: str) -> str:
    """From the form to the page that asks for the last word; returns its address."""
    answer = await visitor.posts(f"{LIST}/new", {**FORM, **fields})
    assert answer.status == 303, answer.text
    return answer.headers["Location"]


def is_clean(answer: Answer) -> bool:
    return "<script>alert" not in answer.text and "<img src=x" not in answer.text


async def test_a_broadcast_is_written_counted_sent_and_read(pages: Pages) -> None:
    them, coordinator = await riders(pages), await coordinator_of(pages)
    form = await coordinator.gets(f"{LIST}/new")
    assert all(f'name="{name}"' in form.text for name in ("content", "other", "opens", "language", "place", "time"))
    shown = await coordinator.posts(f"{LIST}/preview", FORM)
    assert "<b>Free</b> haircuts\nsee <a href=" in shown.text and "✅ I have read this" in shown.text
    assert "<code>https://example.org/cuts</code>" in shown.text and "<html" not in shown.text
    counted = await coordinator.posts(f"{LIST}/count", FORM)
    assert "It goes to 7 people" in counted.text
    few = await coordinator.posts(f"{LIST}/count", {**FORM, "language": "zh_Hans"})
    assert "fewer than 5 people" in few.text, "as in the chat"
    assert await noted(pages, BroadcastAction.AUDIENCE_COUNTED) == [
        'new broadcast: {"language":{"language":"zh_Hans"}}',
        "new broadcast: {}",
    ]

    here = await writes(coordinator)
    draft = await coordinator.gets(here)
    assert "✔ Send to 7" in draft.text and "Everyone" in draft.text
    assert (await noted(pages, BroadcastAction.AUDIENCE_COUNTED))[0] == "broadcast 1: {}"
    assert "Free haircuts" not in (await coordinator.gets(LIST)).text, "nobody has let it go"
    taps = await asyncio.gather(*(coordinator.posts(f"{here}/send") for _ in range(2)))
    assert [one.status for one in taps] == [303, 303]
    await pages.town.tick("broadcasts")
    for rider in them:
        heard = await rider.hears_of("Free haircuts\nsee the list")
        assert [one["type"] for one in heard["entities"]] == ["bold", "text_link"]
        await rider.presses("✅ I have read this")
        await rider.is_answered()
    listed = await coordinator.gets(LIST)
    assert "“Free haircuts" in listed.text and ">7</td><td>6</td>" in listed.text
    progress = await coordinator.gets(f"{here}/progress")
    assert "delivered: 7" in progress.text and "have read it: 6" in progress.text and "<html" not in progress.text
    async with pages.town.database.reading() as session:
        row = await broadcasts.find(session, BroadcastId(1))
        assert row is not None and broadcasts.content_of(session, row).asks_reading


async def test_what_is_no_answer_is_said_at_its_field_and_nothing_is_kept(pages: Pages) -> None:
    coordinator = await coordinator_of(pages)
    faults = {
        "content": ("", "[here](https://bank.example@evil.example)", "x" * 4_097),
        "topic": ("",),
        "opens": ("Sign up javascript:alert(1)", "No such thing"),
        "time": ("2026-11-24T11:00", "2027-11-24T11:00", "tomorrow"),
        "place": ("Nowhere", "91, 200"),
    }
    for name, texts in faults.items():
        for text in texts:
            answer = await coordinator.posts(f"{LIST}/new", {**FORM, name: text})
            assert answer.status == 422 and f'id="fault-{name}"' in answer.text, (name, text)
    urgent = await coordinator.posts(f"{LIST}/new", {**FORM, "topic": "urgent"})
    assert urgent.status == 422 and 'id="fault-reason"' in urgent.text
    for name in ("topic", "language", "reading", "spread", "members"):
        assert (await coordinator.posts(f"{LIST}/new", {**FORM, name: "forged"})).status == 400, name
    near = await coordinator.posts(f"{LIST}/new", {**FORM, "place": "37.43, 116.36", "km": ""})
    assert near.status == 422 and 'id="fault-km"' in near.text
    async with pages.town.database.reading() as session:
        assert await broadcasts.find(session, BroadcastId(1)) is None


async def test_time_place_button_and_both_languages_are_kept_as_the_chat_keeps_them(pages: Pages) -> None:
    await riders(pages)
    coordinator = await coordinator_of(pages)
    here = await writes(
        coordinator,
        other="**Haircuts**",
        opens="Sign up https://example.org/form",
        time="2026-11-25T10:00",
        place="37.43, 116.36",
        km="3",
        spread="1",
        topic="urgent",
        reason="Closes tonight",
    )
    shown = await coordinator.gets(here)
    assert "Sign up ↗ example.org" in shown.text and shown.text.count('class="phone"') == 2
    assert "within" in shown.text and "Closes tonight" in shown.text and "fewer than 5" in shown.text
    assert (await coordinator.posts(f"{here}/send")).status == 303
    assert await noted(pages, BroadcastAction.URGENT_BROADCAST) == ["broadcast 1: Closes tonight"]
    row = await row_of(pages)
    assert row.state == BroadcastState.SCHEDULED and row.starts_at == NOON + timedelta(hours=22)
    assert row.spread_seconds == 3_600 and '"near"' in row.segment
    assert "Scheduled:" in (await coordinator.gets(LIST)).text
    stopped = await coordinator.posts(f"{here}/stop")
    assert stopped.status == 303 and (await row_of(pages)).state == BroadcastState.CANCELLED
    assert (await coordinator.posts(f"{here}/stop")).status == 303, "a second tap"
    assert (await coordinator.posts(f"{here}/resume")).status == 409


async def test_a_second_coordinator_approves_and_one_of_two_at_once(pages: Pages) -> None:
    them = await riders(pages)
    admin = await admin_of(pages.town)
    author, second = await coordinator_of(pages), await pages.signs_in(admin)
    change_settings(pages.town.app, approval_above=1)
    here = await writes(author)
    assert (await second.gets(here)).status == 409, "a draft is its author's"
    for act in ("send", "stop", "approve"):
        assert (await second.posts(f"{here}/{act}")).status == 409, act
    assert "A second coordinator has to approve it." in (await author.gets(here)).text
    assert (await author.posts(f"{here}/send")).status == 303
    await admin.hears_of("A broadcast to 8 people is waiting")
    assert "/approve" not in (await author.gets(here)).text
    refused = await author.posts(f"{here}/approve")
    assert refused.status == 409 and "Someone else has to approve" in refused.text
    assert "1 broadcast is waiting for your approval." in (await second.gets(LIST)).text
    assert f"{here}/approve" in (await second.gets(here)).text
    tapped = await asyncio.gather(second.posts(f"{here}/approve"), author.posts(f"{here}/stop"))
    assert {one.status for one in tapped} <= {303, 409}
    row = await row_of(pages)
    if row.state == BroadcastState.SCHEDULED:
        await pages.town.tick("broadcasts")
        for rider in them:
            await rider.hears_of("Free haircuts")
    else:
        assert row.state == BroadcastState.CANCELLED

    twice = await writes(author)
    await author.posts(f"{twice}/send")
    async with pages.town.database.writing() as session:
        await roles.grant(session, PersonId(31), "coordinator", admin.id, NOON)
    third = await pages.signs_in(them[0])
    both = await asyncio.gather(*(one.posts(f"{twice}/approve") for one in (second, third, second)))
    assert {one.status for one in both} == {303, 409}


async def test_one_that_is_running_is_paused_stopped_and_recalled(pages: Pages) -> None:
    them, coordinator = await riders(pages), await coordinator_of(pages)
    spread = await writes(coordinator, spread="6")
    await coordinator.posts(f"{spread}/send")
    await pages.town.tick("broadcasts")
    for act, state in (
        ("pause", BroadcastState.PAUSED),
        ("resume", BroadcastState.RUNNING),
        ("stop", BroadcastState.CANCELLED),
    ):
        assert f"{spread}/{act}" in (await coordinator.gets(spread)).text
        assert (await coordinator.posts(f"{spread}/{act}")).status == 303
        assert (await row_of(pages)).state == state
    assert "Stopped" in (await coordinator.gets(spread)).text

    here = await writes(coordinator, content="Haircuts on Sunday")
    await coordinator.posts(f"{here}/send")
    await pages.town.tick("broadcasts")
    for rider in them:
        await rider.hears_of("Haircuts on Sunday")

    async def is_recalled_for_all() -> bool:
        return "🗑 Delete it for 7 people" in (await coordinator.gets(here)).text

    await pages.town.until_true(is_recalled_for_all)
    assert (await coordinator.posts(f"{here}/recall")).status == 303
    pages.town.now += timedelta(seconds=10)  # a chat gets one message of a broadcast a second
    pages.town.deliver()
    chat = pages.town.world.chats[them[0].id]
    await pages.town.until(
        lambda: not any("Haircuts on Sunday" in str(one.get("text")) for one in chat.messages.values())
    )


async def test_only_who_may_broadcast_gets_in_and_only_from_our_pages(pages: Pages) -> None:
    coordinator = await coordinator_of(pages)
    here = await writes(coordinator)
    others = [await pages.signs_in(pages.town.rider(COUNSEL)), await pages.opens_app(COORDINATOR), pages.anybody]
    for visitor in others:
        for path in (LIST, f"{LIST}/new", here, f"{here}/progress", f"{here}/photo/0"):
            answer = await visitor.gets(path)
            assert answer.status in (401, 403) and "haircuts" not in answer.text, path
        for path in (f"{LIST}/new", f"{LIST}/count", f"{LIST}/preview", f"{here}/send", f"{here}/stop"):
            assert (await visitor.posts(path, FORM)).status in (401, 403, 422), path
    bare = Visitor(pages.client, coordinator.headers)
    for foreign in ({}, {"csrf": "0" * 32}):
        assert (await bare.posts(f"{here}/send", foreign)).status == 422
    assert (await coordinator.posts(f"{here}/send", Sec_Fetch_Site="cross-site")).status == 422
    assert (await row_of(pages)).state == BroadcastState.DRAFT
    assert (await coordinator.gets(f"{here}/photo/0")).status == 404
    assert (await coordinator.gets(f"{LIST}/999999999999999999")).status == 409
    assert (await coordinator.gets(f"{LIST}?before=x")).status == 400


async def test_a_role_that_is_taken_away_ends_it_between_page_and_press(pages: Pages) -> None:
    admin = await admin_of(pages.town)
    helper = pages.town.rider(77)
    helper.person.started = True
    async with pages.town.database.writing() as session:
        await people.seen_all(session, {PersonId(77): "en"}, NOON)
        await roles.grant(session, PersonId(77), "coordinator", admin.id, NOON)
    visitor = await pages.signs_in(helper)
    here = await writes(visitor)
    assert (await visitor.gets(here)).status == 200
    async with pages.town.database.writing() as session:
        await roles.take(session, PersonId(77), "coordinator")
    assert (await visitor.posts(f"{here}/send")).status == 401
    assert (await row_of(pages)).state == BroadcastState.DRAFT


async def test_what_people_write_stays_text_and_a_forged_one_is_not_approved(pages: Pages) -> None:
    await riders(pages)
    admin = await admin_of(pages.town)
    author, second = await coordinator_of(pages), await pages.signs_in(admin)
    change_settings(pages.town.app, approval_above=1)
    evil = {"content": f"{EVIL} **{EVIL}** [{EVIL}](https://example.org/{EVIL})"}
    here = await writes(author, content=f"{EVIL} **{EVIL}**", opens=f"{EVIL[:30]} https://example.org/")
    await author.posts(f"{here}/send")
    for answer in (
        await author.posts(f"{LIST}/preview", {**FORM, **evil}),
        await author.posts(f"{LIST}/new", {**FORM, **evil, "topic": ""}),
        await second.gets(here),
        await second.gets(LIST),
    ):
        assert is_clean(answer) and "&lt;script&gt;" in answer.text
    async with pages.town.database.writing() as session:
        entities = [{"type": "text_link", "offset": 0, "length": 3, "url": f"https://x/{EVIL}"}]
        odd = Content(
            "sendMessage", {"text": "abc", "entities": [*entities, {"type": EVIL, "offset": 9, "length": -1}]}
        )
        row = await broadcasts.create(session, COORDINATOR, odd, Segment(), Topic.NEWS, NOON, NOON)
    assert is_clean(await author.gets(f"{LIST}/{row.id}"))
    async with pages.town.database.writing() as session:
        await session.execute(update(Broadcast).where(Broadcast.id == 1).values(segment='{"active":{"days":7}}'))
    for answer in (await second.gets(here), await second.posts(f"{here}/approve")):
        assert answer.status == 409 and "Something other than the bot" in answer.text
    assert (await second.gets(LIST)).status == 200
