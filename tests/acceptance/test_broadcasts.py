"""Broadcasts: composed in the chat, sent to each recipient once, whatever Telegram answers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.sandbox.files import STICKER
from bot.sandbox.server import Fault
from handlers.admin import presses as admin_presses
from handlers.broadcasts import presses as broadcasts_presses
from storage import audit
from storage.broadcasts import broadcasts
from storage.broadcasts import recipients as broadcast_recipients
from storage.broadcasts import running as running_broadcasts
from storage.broadcasts.audited import BroadcastAction
from storage.broadcasts.broadcasts import Broadcast, BroadcastState
from storage.broadcasts.content import Content, Opening, OtherVersion
from storage.broadcasts.ids import BroadcastId
from storage.database import Database
from storage.deliveries import failed as failed_deliveries
from storage.deliveries import of_broadcasts
from storage.deliveries import queue as delivery_queue
from storage.deliveries.notices import Notice
from storage.deliveries.queue import LEASE, Addressed, Outcome
from storage.deliveries.table import Delivery, State
from storage.membership.ids import MemberNumber
from storage.membership.notices import ApplicationApproved
from storage.people import people
from storage.people.segments import LivesNear, SeenWithin, Segment, Speaks
from storage.people.topics import Topic
from storage.stations.ids import StationKey
from storage.stations.notices import StationReported
from storage.stations.reports import Kind
from storage.telegram_ids import MessageId, PersonId
from tests.support.settings import change_settings
from tests.support.simulator import ADMIN, COORDINATOR, NOON, Rider, Town
from tests.support.words.broadcasts import (
    ASKED_FOR_MESSAGE,
    ASKED_FOR_TOPIC,
    MUTE,
    NEWS,
    PREVIEW,
    SEND_TO,
    TOPICS_PAGE,
    WAITS_FOR_SECOND,
)
from tests.support.words.chat import STAFF_ONLY, WELCOME
from tests.support.words.forms import REVIEW_PAGE, SEND, SKIP

EVERYONE = Segment()
POLL = {
    "id": "1",
    "question": "?",
    "options": [],
    "total_voter_count": 0,
    "type": "regular",
    "is_closed": False,
    "is_anonymous": True,
    "allows_multiple_answers": False,
    "allows_revoting": False,
    "members_only": False,
}


async def riders_of(town: Town, count: int, first: int = 100) -> list[Rider]:
    """People who have pressed Start."""
    found = []
    for number in range(first, first + count):
        rider = town.rider(number)
        await rider.says("/start")
        await rider.hears_of(WELCOME)
        found.append(rider)
    return found


async def composes(coordinator: Rider, text: str, topic: str = NEWS, when: str = "Now") -> None:
    """From /broadcast to the last question before sending."""
    await coordinator.says("/broadcast")
    await coordinator.hears_of(ASKED_FOR_MESSAGE)
    await coordinator.says(text)
    await coordinator.hears_of(ASKED_FOR_TOPIC)
    await coordinator.presses(topic)
    if topic == "Urgent":
        await coordinator.hears_of("Why is it urgent")
        await coordinator.says("Storm warning tonight")
    for change, question, answer in (
        ("Read receipt", "have read this", "Yes"),
        ("When", "When?", when),
    ):
        await coordinator.hears_of(REVIEW_PAGE)
        await coordinator.changes(change)
        await coordinator.hears_of(question)
        await coordinator.presses(answer)
    await coordinator.hears_of(REVIEW_PAGE)
    await coordinator.presses(PREVIEW)
    await coordinator.hears_of("This is how it will arrive")


async def state_of(town: Town) -> Broadcast:
    async with town.database.reading() as session:
        return (await session.scalars(select(Broadcast).order_by(Broadcast.id.desc()))).one()


async def test_a_broadcast_reaches_everyone_once(town: Town) -> None:
    coordinator = town.rider(COORDINATOR)
    riders = await riders_of(town, 6)
    await town.world.blocks(riders[5].person)
    await town.until_idle()
    await coordinator.says("/start")
    await coordinator.hears_of(WELCOME)
    await composes(coordinator, "Free haircuts on Saturday")
    assert "It goes to 6 people" in coordinator.heard[-1]["text"]
    assert "Unreachable" not in coordinator.heard[-1]["text"], "fewer than five"
    await coordinator.presses("Send to 6")
    await town.tick("broadcasts")
    for rider in riders[:5]:
        await rider.hears_of("Free haircuts")
    await coordinator.until(lambda: any("Sent" in one.get("text", "") for one in coordinator.heard))
    assert "delivered: 6" in coordinator.heard[-1]["text"]
    await riders[0].presses("I have read this")
    assert await riders[0].is_answered() == "Thank you."
    heard = [one for rider in riders for one in rider.heard if one.get("text") == "Free haircuts on Saturday"]
    assert len(heard) == 5


async def test_one_tap_mutes_a_topic_and_my_brings_it_back(town: Town) -> None:
    (rider,) = await riders_of(town, 1)
    async with town.database.writing() as session:
        row = await broadcasts.create(
            session, COORDINATOR, Content("sendMessage", {"text": "News!"}), EVERYONE, Topic.NEWS, NOON, NOON
        )
        await broadcasts.confirm(session, row.id, None, None, NOON, needs_approval=False)
    await town.tick("broadcasts")
    await rider.hears_of("News!")
    await rider.presses(MUTE)
    assert "is muted" in await rider.is_answered()
    async with town.database.reading() as session:
        assert (await broadcast_recipients.audience(session, EVERYONE, Topic.NEWS, NOON)).muted == 1
        assert (await broadcast_recipients.audience(session, EVERYONE, Topic.URGENT, NOON)).muted == 0
    await rider.says("/my")
    await rider.hears_of("My activities")
    await rider.presses("Messages I get")
    assert "Urgent messages always arrive" in (await rider.hears_of(TOPICS_PAGE))["text"]
    await rider.presses("🔕")
    await rider.hears_of(TOPICS_PAGE)
    async with town.database.reading() as session:
        assert (await broadcast_recipients.audience(session, EVERYONE, Topic.NEWS, NOON)).muted == 0


async def test_above_the_bound_somebody_else_approves(town: Town) -> None:
    change_settings(town.app, approval_above=1)
    coordinator, admin = town.rider(COORDINATOR), town.rider(ADMIN)
    await riders_of(town, 2)
    await composes(coordinator, "To all")
    await coordinator.presses(SEND_TO)
    assert WAITS_FOR_SECOND in (await coordinator.hears_of(WAITS_FOR_SECOND))["text"]
    await coordinator.forges(broadcasts_presses.APPROVE.data(BroadcastId(1)))
    await coordinator.until(lambda: any("Someone else" in one["text"] for one in coordinator.answers))
    await admin.hears_of("审核")
    await admin.presses("查看")
    await admin.hears_of("To all")
    await admin.hears_of(WAITS_FOR_SECOND)
    await admin.presses("Approve")
    await admin.until(lambda: any("Approved" in one.get("text", "") for one in admin.heard))
    assert (await state_of(town)).state == BroadcastState.SCHEDULED


async def test_riders_can_neither_write_nor_steer_a_broadcast(town: Town) -> None:
    (rider,) = await riders_of(town, 1)
    await rider.says("/broadcast")
    assert STAFF_ONLY in (await rider.hears())["text"]
    for data in ("bsend:1", "bcancel:1", "bapprove:1", "bpause:1", "mute:urgent", "haveread:1", "topic:urgent"):
        await rider.forges(data)
        assert await rider.is_answered()
    assert "Only the staff" in rider.answers[0]["text"]


async def test_quiet_hours_hold_back_all_but_urgent_ones(town: Town) -> None:
    town.now = NOON + timedelta(hours=11)  # 23:00 in Dezhou
    coordinator = town.rider(COORDINATOR)
    await riders_of(town, 1)
    await composes(coordinator, "Not now")
    await coordinator.presses(SEND_TO)
    await coordinator.hears_of("Scheduled")
    row = await state_of(town)
    assert row.starts_at == NOON + timedelta(hours=19)  # 07:00


async def test_pause_resume_and_cancel(database: Database) -> None:
    async with database.writing() as session:
        await people.seen_all(session, dict.fromkeys(map(PersonId, range(1, 11)), "en"), NOON)
        row = await broadcasts.create(
            session, PersonId(900), Content("sendMessage", {"text": "x"}), EVERYONE, Topic.NEWS, NOON, NOON
        )
        await broadcasts.confirm(session, row.id, None, None, NOON, needs_approval=False)
    async with database.writing() as session:
        found = await running_broadcasts.due(session, NOON)
        assert found is not None
        running_broadcasts.start(found, NOON)
        while not await broadcast_recipients.freeze_chunk(session, found, NOON):
            pass
        assert found.total == 10
    async with database.writing() as session:
        await broadcasts.move(session, row.id, "pause", NOON)
        assert await delivery_queue.claim(session, NOON, 100) == []
        await broadcasts.move(session, row.id, "resume", NOON)
        claimed = await delivery_queue.claim(session, NOON, 4)
        assert len(claimed) == 4
        await broadcasts.move(session, row.id, "cancel", NOON)
        await delivery_queue.settle(
            session, [Outcome(one.id, State.SENT, 1, message_id=MessageId(5)) for one in claimed], NOON
        )
        assert await of_broadcasts.counts(session, row.id) == {State.SENT: 4, State.CANCELLED: 6}
        with pytest.raises(broadcasts.NotNow):
            await broadcasts.move(session, row.id, "resume", NOON)


@pytest.mark.both_databases
async def test_segments_combine(database: Database) -> None:
    async with database.writing() as session:
        await people.seen_all(session, {PersonId(1): "zh_Hans", PersonId(2): "zh_Hans", PersonId(3): "zh_Hans"}, NOON)
        await people.seen_all(session, {PersonId(4): "zh_Hans"}, NOON - timedelta(days=20))
        await people.choose_language(session, PersonId(1), "en")
        for person_id in (1, 2, 4):
            await people.keep_home(session, PersonId(person_id), 37.43, 116.36)
        near, english, active = LivesNear(37.43, 116.36, km=3), Speaks("en"), SeenWithin(days=7)
        for conditions, count in (((), 4), ((english,), 1), ((active,), 3), ((near,), 3), ((active, near), 2)):
            segment = Segment.parse(Segment(conditions).text)
            assert (await broadcast_recipients.audience(session, segment, Topic.NEWS, NOON)).reached == count


async def test_a_lapsed_lease_is_claimed_again_and_a_settled_one_is_not(database: Database) -> None:
    async with database.writing() as session:
        await delivery_queue.add_all(
            session, [Addressed(PersonId(7), StationReported(StationKey(1), "x", Kind.CROWDED), NOON)]
        )
        (first,) = await delivery_queue.claim(session, NOON, 10)
        assert first.params == {"station": 1, "name": "x", "report": "crowded"}
        assert await delivery_queue.claim(session, NOON + timedelta(seconds=29), 10) == []
        (again,) = await delivery_queue.claim(session, NOON + timedelta(seconds=31), 10)
        await delivery_queue.settle(session, [Outcome(again.id, State.FAILED, 5)], NOON)
        assert await failed_deliveries.try_again(session, NOON) == 1
        sealed = await session.scalar(select(Delivery.params))
        assert sealed is not None and b"name" not in sealed
        (last,) = await delivery_queue.claim(session, NOON + timedelta(seconds=31), 10)
        assert last.params == first.params
        await delivery_queue.settle(session, [Outcome(last.id, State.SENT, 1)], NOON)
        assert await delivery_queue.claim(session, NOON + timedelta(days=1), 10) == []
        assert await session.scalar(select(Delivery.params)) is None


@pytest.mark.both_databases
async def test_an_urgent_broadcast_needs_a_reason_and_stands_in_the_audit(town: Town) -> None:
    town.now = NOON + timedelta(hours=11)  # 23:00 in Dezhou: it rings all the same
    coordinator = town.rider(COORDINATOR)
    (rider,) = await riders_of(town, 1)
    await composes(coordinator, "Storm! Stay inside.", "Urgent")
    await coordinator.presses(SEND_TO)
    await town.tick("broadcasts")
    await rider.hears_of("Storm!")
    async with town.database.reading() as session:
        entry = (await audit.newest(session))[0]
        assert (entry.actor, entry.act, entry.about) == (
            COORDINATOR,
            BroadcastAction.URGENT_BROADCAST,
            "broadcast 1: Storm warning tonight",
        )
        assert await audit.verify(session) == (3, 0, "")  # and the audience was counted twice


async def test_a_button_opens_a_station_and_a_sticker_is_sent(town: Town) -> None:
    coordinator = town.rider(COORDINATOR)
    (rider,) = await riders_of(town, 1)
    await coordinator.says("/broadcast")
    await coordinator.hears_of(ASKED_FOR_MESSAGE)
    await coordinator.sends(poll=POLL)
    await coordinator.hears_of("Polls can't be broadcast")
    await coordinator.sends(sticker=STICKER)
    await coordinator.hears_of(ASKED_FOR_TOPIC)
    await coordinator.presses(NEWS)
    await coordinator.hears_of(REVIEW_PAGE)
    await coordinator.changes("Button")
    await coordinator.hears_of("Add a button below it")
    await coordinator.says("no such place")
    await coordinator.hears_of("Write the title of an activity")
    await coordinator.says("second")
    await coordinator.hears_of(REVIEW_PAGE)
    await coordinator.presses(PREVIEW)
    await coordinator.hears_of("This is how it will arrive")
    await coordinator.presses(SEND_TO)
    await town.tick("broadcasts")
    await rider.until(lambda: any("sticker" in one for one in rider.heard))
    await rider.presses("🏠 Second")
    await rider.hears_of("🏠 Second")


async def test_what_one_person_is_told_comes_in_its_order(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    (rider,) = await riders_of(town, 1)
    await town.until_idle()
    courier, delays = town.app.telegram.courier, iter((0.3, 0.0, 0.1, 0.0, 0.0))
    transport_call = courier.transport.call

    async def slow(url: str, *arguments: Any, **more: Any) -> Any:
        if url.endswith("sendMessage"):
            await asyncio.sleep(next(delays))
        return await transport_call(url, *arguments, **more)

    monkeypatch.setattr(courier.transport, "call", slow)
    async with town.database.writing() as session:
        for count in range(1, 6):
            await delivery_queue.add(session, Addressed(rider.id, ApplicationApproved(MemberNumber(count)), NOON))
    town.deliver()
    for count in range(1, 6):
        assert f"No. {count:06d}" in (await rider.hears_of("You are a member"))["text"]


async def test_a_notice_whose_answer_was_lost_is_repeated_once(town: Town) -> None:
    (rider,) = await riders_of(town, 1)
    await town.until_idle()
    lost = Fault(0, None, ("sendMessage",), too_late=True)
    town.api.faults += [lost, lost]
    async with town.database.writing() as session:
        waits = Addressed(rider.id, ApplicationApproved(MemberNumber(7)), NOON)
        await delivery_queue.add_all(session, [waits])
    for left in (1, 0):
        await _faults_left(town, left)
        await town.until_true(lambda: _nothing_is_claimed(town))
        town.now += timedelta(seconds=5)
        town.deliver()
    async with town.database.reading() as session:
        assert await session.scalar(select(Delivery.state)) == State.UNCERTAIN
    assert len([one for one in rider.heard if "No. 000007" in one.get("text", "")]) == 2


async def _nothing_is_claimed(town: Town) -> bool:
    async with town.database.reading() as session:
        return await session.scalar(select(Delivery.id).where(Delivery.state == State.CLAIMED)) is None


REFUSED = '{"ok":false,"error_code":400,"description":"Bad Request: message is too odd"}'


async def test_the_sender_knows_when_what_was_put_off_is_due(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also if it had looked for what is due next before that was written down: it would go out when the lease of its
    claim lapses."""
    (rider,) = await riders_of(town, 1)
    await town.until_idle()
    looked: asyncio.Queue[datetime | None] = asyncio.Queue()
    settle, next_due = delivery_queue.settle, delivery_queue.next_due

    async def looks(session: AsyncSession) -> datetime | None:
        found = await next_due(session)
        looked.put_nowait(found)
        return found

    async def settles(*arguments: Any) -> None:
        while await looked.get() != NOON + LEASE:
            pass
        await settle(*arguments)

    monkeypatch.setattr(delivery_queue, "next_due", looks)
    monkeypatch.setattr(delivery_queue, "settle", settles)
    town.api.faults.append(Fault(400, REFUSED, ("sendMessage",)))
    async with town.database.writing() as session:
        await delivery_queue.add(session, Addressed(rider.id, ApplicationApproved(MemberNumber(7)), NOON))
    async with asyncio.timeout(LEASE.total_seconds() / 3):
        await _faults_left(town, 0)
        await town.until_true(lambda: _nothing_is_claimed(town))
        while await looked.get() != NOON + timedelta(seconds=1):
            pass


@pytest.mark.parametrize(
    ("fault", "state", "messages"),
    [
        (Fault(0, None, ("sendMessage",), too_late=True), State.UNCERTAIN, 1),
        (Fault(502, methods=("sendMessage",)), State.SENT, 1),
        (
            Fault(
                429, '{"ok":false,"error_code":429,"description":"","parameters":{"retry_after":1}}', ("sendMessage",)
            ),
            State.SENT,
            1,
        ),
    ],
)
async def test_what_telegram_answers_decides(town: Town, fault: Fault, state: State, messages: int) -> None:
    """A broadcast whose answer was lost is not repeated; what surely did not arrive is."""
    (rider,) = await riders_of(town, 1)
    await town.until_idle()
    async with town.database.writing() as session:
        row = await broadcasts.create(
            session, COORDINATOR, Content("sendMessage", {"text": "Hear ye"}), EVERYONE, Topic.NEWS, NOON, NOON
        )
        await broadcasts.confirm(session, row.id, None, None, NOON, needs_approval=False)
    town.api.faults.append(fault)
    await town.tick("broadcasts")
    await town.until(lambda: not town.api.faults)
    await town.until_true(lambda: _is_at_rest(town, row.id))
    town.now += timedelta(seconds=5)
    town.deliver()
    await rider.hears_of("Hear ye")
    await _until_state(town, row.id, state)
    assert len([one for one in rider.heard if one.get("text") == "Hear ye"]) == messages


async def test_a_poison_message_is_set_aside_after_five_tries_and_can_be_tried_again(town: Town) -> None:
    (rider,) = await riders_of(town, 1)
    await town.until_idle()
    town.api.faults += [Fault(400, REFUSED, ("sendMessage",)) for _ in range(delivery_queue.MAX_TRIES)]
    async with town.database.writing() as session:
        row = await broadcasts.create(
            session, COORDINATOR, Content("sendMessage", {"text": "Hear ye"}), EVERYONE, Topic.NEWS, NOON, NOON
        )
        await broadcasts.confirm(session, row.id, None, None, NOON, needs_approval=False)
    await town.tick("broadcasts")
    for left in reversed(range(delivery_queue.MAX_TRIES)):
        await _faults_left(town, left)
        await town.until_true(lambda: _is_at_rest(town, row.id))
        town.now += timedelta(seconds=60)
        town.deliver()
    await _until_state(town, row.id, State.FAILED)
    async with town.database.writing() as session:
        assert [trouble for _, _, trouble in await failed_deliveries.newest(session)] == ["Message is too odd"]
        found = await broadcasts.find(session, row.id)
        assert found is not None and await broadcasts.retry_failed(session, found, town.now) == 1
    await rider.hears_of("Hear ye")


async def _faults_left(town: Town, count: int) -> None:
    await town.until(lambda: len(town.api.faults) == count)


async def _is_at_rest(town: Town, broadcast_id: BroadcastId) -> bool:
    async with town.database.reading() as session:
        claimed = (Delivery.broadcast_id == broadcast_id) & (Delivery.state == State.CLAIMED)
        return await session.scalar(select(Delivery.id).where(claimed).limit(1)) is None


async def _until_state(town: Town, broadcast_id: BroadcastId, state: State) -> None:
    async def holds() -> bool:
        async with town.database.reading() as session:
            return (await of_broadcasts.counts(session, broadcast_id)).get(state, 0) > 0

    await town.until_true(holds)


async def test_each_reads_their_own_language_and_the_link(town: Town) -> None:
    english, chinese = town.rider(201, "en"), town.rider(202, "zh-hans")
    for rider in (english, chinese):
        await rider.says("/start")
        await rider.hears()
    await town.until_idle()
    content = Content(
        "sendMessage",
        {"text": "周六理发"},
        False,
        Opening("link", "报名", "https://example.org/form"),
        OtherVersion("en", "sendMessage", {"text": "Haircuts on Saturday"}),
    )
    async with town.database.writing() as session:
        row = await broadcasts.create(session, COORDINATOR, content, EVERYONE, Topic.NEWS, NOON, NOON)
        await broadcasts.confirm(session, row.id, None, None, NOON, needs_approval=False)
    await town.tick("broadcasts")
    await english.hears_of("Haircuts on Saturday")
    await chinese.hears_of("周六理发")
    assert chinese.button("报名")[1] == "https://example.org/form"
    assert chinese.button("不再接收") and english.button(MUTE)


async def test_a_spread_broadcast_gives_each_a_moment_of_their_own(database: Database) -> None:
    async with database.writing() as session:
        await people.seen_all(session, dict.fromkeys(map(PersonId, range(1, 201)), "en"), NOON)
        row = await broadcasts.create(
            session,
            PersonId(900),
            Content("sendMessage", {"text": "x"}),
            EVERYONE,
            Topic.NEWS,
            NOON,
            NOON,
            spread=timedelta(hours=3),
        )
        await broadcasts.confirm(session, row.id, None, None, NOON, needs_approval=False)
        running_broadcasts.start(row, NOON)
        while not await broadcast_recipients.freeze_chunk(session, row, NOON):
            pass
        moments = list(await session.scalars(select(Delivery.due)))
    hours = [
        sum(NOON + timedelta(hours=at) <= moment < NOON + timedelta(hours=at + 1) for moment in moments)
        for at in range(3)
    ]
    assert sum(hours) == 200 and min(hours) > 40


@dataclass(frozen=True, slots=True)
class FromTheFuture(Notice):
    """Of a version that this one does not know."""

    kind = "no such kind"


async def test_admins_hear_of_a_notice_that_was_set_aside(town: Town) -> None:
    admin, coordinator = town.rider(ADMIN), town.rider(COORDINATOR)
    async with town.database.writing() as session:
        await delivery_queue.add_all(session, [Addressed(COORDINATOR, FromTheFuture(), NOON)])
    town.deliver()
    assert "no such kind" in (await admin.hears())["text"]
    async with town.database.reading() as session:
        assert [kind for _, kind, _ in await failed_deliveries.newest(session)] == ["no such kind"]
    await coordinator.forges(admin_presses.TRY_AGAIN.data())
    assert STAFF_ONLY in await coordinator.is_answered()


@pytest.mark.both_databases
async def test_a_broadcast_is_corrected_and_recalled_at_all_who_have_it(town: Town) -> None:
    coordinator = town.rider(COORDINATOR)
    first, second, *_ = await riders_of(town, 5)
    await composes(coordinator, "Haircuts on Sunday")
    await coordinator.presses(SEND_TO)
    await town.tick("broadcasts")
    for rider in (first, second):
        await rider.hears_of("Haircuts on Sunday")
    await coordinator.until(lambda: any("📈" in str(one.get("reply_markup")) for one in coordinator.heard))
    await coordinator.presses("📈")
    await coordinator.hears_of("Delivered: 6")
    await coordinator.presses("✎ Correct")
    await coordinator.hears_of(ASKED_FOR_MESSAGE)
    await coordinator.says("Haircuts on Saturday")
    await coordinator.hears_of("Is there a version in English")
    await coordinator.presses(SKIP)
    await coordinator.hears_of(REVIEW_PAGE)
    await coordinator.presses(SEND)
    await coordinator.hears_of("get the new version")
    town.now += timedelta(seconds=10)  # a chat gets one message of a broadcast a second
    for rider in (first, second):
        corrected = await rider.hears_of("Haircuts on Saturday")
        assert "Corrected" in corrected["text"] or "已更正" in corrected["text"]
        assert corrected["edited"] and rider.button(MUTE)
    await coordinator.presses("🗑 Recall")
    await coordinator.hears_of("Delete this broadcast")
    await coordinator.presses("🗑 Delete it for 6 people")
    await coordinator.hears_of("Deleting it")
    town.now += timedelta(seconds=10)
    await town.until(
        lambda: (
            not any(
                "Haircuts on Saturday" in message.get("text", "") and message["from"]["is_bot"]
                for rider in (first, second)
                for message in town.world.chats[rider.id].messages.values()
            )
        )
    )
