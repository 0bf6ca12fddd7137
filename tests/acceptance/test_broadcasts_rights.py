"""What was approved is what is sent, also after a correction; and no count tells of a single person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.sandbox.params import Upload
from handlers.broadcasts import presses as broadcast_presses
from storage import audit
from storage.broadcasts import broadcasts, corrections
from storage.broadcasts.audited import BroadcastAction
from storage.broadcasts.broadcasts import Broadcast, BroadcastState, NotNow, OwnApproval
from storage.broadcasts.content import Content, Opening
from storage.broadcasts.corrections import Corrected
from storage.broadcasts.ids import BroadcastId
from storage.database import Database
from storage.deliveries.table import Delivery, State
from storage.people import people
from storage.people.segments import Segment
from storage.people.topics import Topic
from storage.telegram_ids import PersonId
from tests.support.admins import admin_of
from tests.support.deliveries import settled
from tests.support.settings import change_settings
from tests.support.simulator import ADMIN, COORDINATOR, NOON, Rider, Town

OLD, NEW, NEWER = (Content("sendMessage", {"text": text}) for text in ("Saturday", "Sunday", "Monday"))


async def sent(database: Database, *, approved: bool, total: int = 10) -> BroadcastId:
    async with database.writing() as session:
        row = await broadcasts.create(session, COORDINATOR, OLD, Segment(), Topic.NEWS, NOON, NOON)
        await broadcasts.confirm(session, row.id, None, None, NOON, needs_approval=approved)
        if approved:
            await broadcasts.approve(session, row.id, ADMIN, NOON)
        row.state, row.total = BroadcastState.DONE, total
        return row.id


async def says_now(database: Database, broadcast_id: BroadcastId) -> str:
    async with database.reading() as session:
        row = await broadcasts.find(session, broadcast_id)
        assert row is not None
        return str(broadcasts.content_of(session, row).params["text"])


@pytest.mark.parametrize(("approved", "total", "waits"), [(False, 10, False), (True, 10, True), (False, 501, True)])
async def test_a_correction_needs_what_the_original_needed(
    database: Database, *, approved: bool, total: int, waits: bool
) -> None:
    broadcast_id = await sent(database, approved=approved, total=total)
    async with database.writing() as session:
        done = await corrections.correct(session, broadcast_id, NEW, COORDINATOR, 500, NOON)
    assert isinstance(done, Corrected) is not waits
    assert await says_now(database, broadcast_id) == ("Saturday" if waits else "Sunday")


async def test_a_correction_is_approved_by_somebody_else_and_as_they_saw_it(database: Database) -> None:
    broadcast_id = await sent(database, approved=True)
    async with database.writing() as session:
        await corrections.correct(session, broadcast_id, NEW, COORDINATOR, 500, NOON)
        row = await broadcasts.find(session, broadcast_id)
        assert row is not None
        seen = row.revision
        with pytest.raises(OwnApproval):
            await corrections.approve(session, broadcast_id, seen, COORDINATOR, NOON)
        await corrections.correct(session, broadcast_id, NEWER, COORDINATOR, 500, NOON)
        with pytest.raises(NotNow):
            await corrections.approve(session, broadcast_id, seen, ADMIN, NOON)
        done = await corrections.approve(session, broadcast_id, row.revision, ADMIN, NOON)
        assert done.author == COORDINATOR
        with pytest.raises(NotNow):
            await corrections.approve(session, broadcast_id, row.revision, ADMIN, NOON)
    assert await says_now(database, broadcast_id) == "Monday"


async def riders(town: Town, count: int) -> list[Rider]:
    found = [town.rider(number) for number in range(100, 100 + count)]
    async with town.database.writing() as session:
        await people.seen_all(session, {rider.id: "en" for rider in found}, NOON)
    for rider in found:
        rider.person.started = True
    return found


async def previews(coordinator: Rider, text: str) -> str:
    """Everything up to the last word; returns what is said there."""
    await coordinator.says("/broadcast")
    await coordinator.hears_of("Send me the message")
    await coordinator.says(text)
    await coordinator.hears_of("Which topic")
    await coordinator.presses("News")
    await coordinator.hears_of("Is everything correct?")
    await coordinator.presses("Preview")
    return str((await coordinator.hears_of("This is how it will arrive"))["text"])


async def test_the_correction_of_an_approved_broadcast_waits_for_a_second_coordinator(town: Town) -> None:
    change_settings(town.app, approval_above=1)
    coordinator, admin = town.rider(COORDINATOR), await admin_of(town)
    rider, *_ = await riders(town, 5)
    await previews(coordinator, "Free lunch on Saturday")
    await coordinator.presses("Send to 7")
    await admin.hears_of("A broadcast to 7 people is waiting")
    await admin.presses("View")
    await admin.hears_of("Waiting for a second")
    await admin.presses("Approve")
    await admin.hears_of("Approved.")
    await town.tick("broadcasts")
    await rider.hears_of("Free lunch on Saturday")
    await coordinator.hears_of("Sent")
    await coordinator.presses("✎ Correct")
    await coordinator.hears_of("Send me the message")
    await coordinator.says("Free lunch at evil.example")
    await coordinator.hears_of("Is there a version")
    await coordinator.presses("Skip")
    await coordinator.hears_of("Is everything correct?")
    await coordinator.presses("✔ Send")
    await coordinator.hears_of("A second coordinator has to approve the correction")
    await admin.hears_of("A correction of a broadcast to 7 people")
    await admin.presses("View")
    await admin.hears_of("evil.example")
    await admin.hears_of("once you approve the correction")
    await admin.presses("✔ Approve")
    await admin.hears_of("Corrected; 7 people")
    town.now += timedelta(seconds=10)  # a chat gets one message of a broadcast a second
    town.deliver()
    assert (await rider.hears_of("evil.example"))["edited"]
    async with town.database.reading() as session:
        entry = (await audit.newest(session, 1))[0]
    assert (entry.act, entry.actor) == (BroadcastAction.BROADCAST_CORRECTED, COORDINATOR)
    assert entry.about == f"broadcast 1, approved by {ADMIN}"


async def test_what_was_approved_in_the_database_is_not_sent(town: Town) -> None:
    change_settings(town.app, approval_above=1)
    coordinator, admin = town.rider(COORDINATOR), await admin_of(town)
    first, *others = await riders(town, 5)
    await previews(coordinator, "Buy at evil.example")
    await coordinator.presses("Send to 7")
    await admin.hears_of("A broadcast to 7 people is waiting")
    for state in (BroadcastState.SCHEDULED, BroadcastState.RUNNING):
        async with town.database.writing() as session:
            await session.execute(update(Broadcast).values(state=state))
            if state is BroadcastState.RUNNING:
                session.add(Delivery(recipient=first.id, priority=3, due=NOON, kind="broadcast", broadcast_id=1))
        await town.tick("broadcasts")
        if state is BroadcastState.SCHEDULED:
            await admin.hears_of("has changed broadcast 1 in the database. It is not sent.")
            await coordinator.hears_of("Stopped")
        else:
            assert await settled(town, first.id) == [State.FAILED]
    assert not [rider for rider in (first, *others) if rider.heard]


async def test_one_that_goes_to_more_by_the_time_it_starts_waits_for_approval(town: Town) -> None:
    """Written to a handful and scheduled, it would reach everybody who came since."""
    change_settings(town.app, approval_above=5)
    coordinator, admin = town.rider(COORDINATOR), await admin_of(town)
    async with town.database.writing() as session:
        at = NOON + timedelta(hours=1)
        row = await broadcasts.create(session, COORDINATOR, OLD, Segment(), Topic.NEWS, at, NOON)
        await broadcasts.confirm(session, row.id, None, None, NOON, needs_approval=False)
    first, *_ = await riders(town, 8)
    town.now = at
    await town.tick("broadcasts")
    await admin.hears_of("is waiting for a second coordinator")
    await coordinator.forges(broadcast_presses.APPROVE.data(row.id))
    assert "Someone else has to approve" in await coordinator.is_answered()
    assert not first.heard
    await admin.forges(broadcast_presses.APPROVE.data(row.id))
    await admin.hears_of("Approved.")
    await town.tick("broadcasts")
    await first.hears_of("Saturday")


async def test_whoever_approves_sees_where_everything_leads(town: Town) -> None:
    change_settings(town.app, approval_above=0)
    admin = await admin_of(town)
    link = {"type": "text_link", "offset": 0, "length": 8, "url": "https://evil.example/<b>"}
    content = Content(
        "sendMessage",
        {"text": "bank.com has news", "entities": [link]},
        opens=Opening("link", "Sign up", "https://other.example/form"),
    )
    async with town.database.writing() as session:
        row = await broadcasts.create(session, COORDINATOR, content, Segment(), Topic.NEWS, NOON, NOON)
        await broadcasts.confirm(session, row.id, None, None, NOON, needs_approval=True)
    await admin.forges(broadcast_presses.LOOK.data(row.id))
    shown = await admin.hears_of("bank.com has news")
    assert "Sign up ↗ other.example" in str(shown["reply_markup"])
    assert "https://evil.example/<b>" in (await admin.hears_of("Waiting for a second"))["text"]


async def test_what_was_recalled_or_stopped_is_not_tried_again(database: Database) -> None:
    broadcast_id = await sent(database, approved=False)
    failed = Delivery(recipient=PersonId(100), priority=3, due=NOON, kind="broadcast", broadcast_id=broadcast_id)
    failed.state = State.FAILED
    async with database.writing() as session:
        session.add(failed)
        row = await broadcasts.find(session, broadcast_id)
        assert row is not None
        await corrections.recall(session, row, NOON)
        assert await broadcasts.retry_failed(session, row, NOON) == 0
    assert failed.state == State.CANCELLED
    async with database.writing() as session:
        row = await broadcasts.find(session, broadcast_id)
        assert row is not None
        row.state = BroadcastState.CANCELLED
        with pytest.raises(NotNow):
            await broadcasts.retry_failed(session, row, NOON)


async def test_no_count_below_five_is_told(town: Town) -> None:
    coordinator = town.rider(COORDINATOR)
    await riders(town, 2)
    preview = await previews(coordinator, "Hello")
    assert "It goes to fewer than 5 people." in preview
    assert "Unreachable" not in preview, "few of both would tell nobody anything"
    assert coordinator.button("Send to fewer than 5")
    await coordinator.presses("Send to")
    await town.tick("broadcasts")
    assert "delivered: fewer than 5" in (await coordinator.hears_of("Sent"))["text"]
    with pytest.raises(AssertionError):
        coordinator.button("📈")
    async with town.database.reading() as session:
        entries = [entry for entry in await audit.newest(session) if entry.act == BroadcastAction.AUDIENCE_COUNTED]
    assert [(entry.actor, entry.about) for entry in entries] == [(COORDINATOR, "broadcast 1: {}")] * 2


async def test_what_is_broadcast_can_not_be_changed_in_its_authors_chat(town: Town) -> None:
    coordinator, (rider, *_) = town.rider(COORDINATOR), await riders(town, 1)
    song = town.world.files.audio(Upload("song.mp3", b"ID3 music"))
    await coordinator.says("/broadcast")
    await coordinator.hears_of("Send me the message")
    message = await coordinator.sends(audio=song, caption="Our song")
    await coordinator.hears_of("Which topic")
    await coordinator.presses("News")
    await coordinator.hears_of("Is everything correct?")
    await coordinator.presses("Preview")
    await coordinator.hears_of("This is how it will arrive")
    await town.world.edits(coordinator.person, message["message_id"], {"caption": "Buy at evil.example"})
    await coordinator.presses("Send to")
    await town.tick("broadcasts")
    assert (await rider.hears_of("Our song"))["audio"]


async def test_every_page_of_the_audit_stands_in_the_audit(town: Town) -> None:
    admin = town.rider(ADMIN)
    await admin.forges("audit:any:440:0")
    await admin.until(lambda: bool(admin.heard))
    async with town.database.reading() as session:
        entry = (await audit.newest(session, 1))[0]
    assert (entry.act, entry.actor, entry.subject) == ("audit_read", ADMIN, PersonId(440))
