"""A long broadcast is corrected and recalled some recipients at a time; what is read in pages is read whole."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.csv_files import sheet_of
from schedules import broadcasts as broadcasts_by_the_clock
from storage import dialogues
from storage.activities import attendance, planning, sign_ups
from storage.activities.activities import Kind
from storage.activities.planning import Plan
from storage.broadcasts import broadcasts, corrections, recipients
from storage.broadcasts.broadcasts import Broadcast, BroadcastState
from storage.broadcasts.content import Content
from storage.broadcasts.corrections import CHANGEABLE_FOR, Corrected
from storage.broadcasts.ids import BroadcastId
from storage.database import Database
from storage.deliveries.corrections import CORRECTION, RECALL
from storage.deliveries.table import Delivery, State
from storage.dialogues import Dialogue, OpenForm
from storage.membership import memberships
from storage.people import people, segments
from storage.people.segments import LivesNear, Segment
from storage.people.topics import Topic
from storage.privacy import exports, retention
from storage.telegram_ids import MessageId, PersonId
from storage.updates import updates
from storage.updates.ids import UpdateKey
from storage.updates.updates import DoneUpdate
from tests.support.settings import clock_context
from tests.support.simulator import COORDINATOR, NOON

ZONE = ZoneInfo("Asia/Shanghai")
PEOPLE = [PersonId(number) for number in range(500, 507)]


async def arrived(database: Database) -> BroadcastId:
    """A broadcast that all have, but for one whom it did not reach, and one who got it too long ago."""
    async with database.writing() as session:
        content = Content("sendMessage", {"text": "Saturday"})
        row = await broadcasts.create(session, COORDINATOR, content, Segment(), Topic.NEWS, NOON, NOON)
        await broadcasts.confirm(session, row.id, None, None, NOON, needs_approval=False)
        row.state, row.total, row.started_at = BroadcastState.DONE, len(PEOPLE), NOON - CHANGEABLE_FOR
        for number, person in enumerate(PEOPLE):
            session.add(
                Delivery(
                    recipient=person,
                    priority=3,
                    due=NOON,
                    kind="broadcast",
                    broadcast_id=row.id,
                    state=State.UNREACHABLE if number == 2 else State.SENT,
                    done_at=NOON - (CHANGEABLE_FOR if number == 4 else timedelta(hours=1)),
                    message_id=MessageId(number + 1),
                )
            )
        return row.id


async def changes(session: AsyncSession, kind: str) -> dict[PersonId, int | None]:
    rows = await session.execute(select(Delivery.recipient, Delivery.target).where(Delivery.kind == kind))
    found = [(recipient, target) for recipient, target in rows]
    assert len(dict(found)) == len(found)
    return dict(found)


async def to_the_end(database: Database) -> int:
    """Lets the clock do what is left; returns in how many turns."""
    turns = 0
    while True:
        async with database.writing() as session:
            if not await broadcasts_by_the_clock.run(session, NOON, clock_context()):
                return turns
        turns += 1


HAVE_IT = {person: number + 1 for number, person in enumerate(PEOPLE) if number not in (2, 4)}


async def test_a_long_broadcast_is_corrected_some_at_a_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corrections, "AT_ONCE", 2)
    broadcast_id = await arrived(database)
    async with database.writing() as session:
        new = Content("sendMessage", {"text": "Sunday"})
        done = await corrections.correct(session, broadcast_id, new, COORDINATOR, 500, NOON)
        assert done == Corrected(broadcast_id, COORDINATOR, len(HAVE_IT))
        assert len(await changes(session, CORRECTION)) <= 2
    assert await to_the_end(database) == 3
    async with database.reading() as session:
        assert await changes(session, CORRECTION) == HAVE_IT
        chosen = select(Delivery.about, Delivery.revision, Delivery.due).where(Delivery.kind == CORRECTION)
        assert {tuple(row) for row in await session.execute(chosen)} == {(broadcast_id, 1, NOON)}


async def test_a_recall_takes_the_place_of_a_correction_that_is_not_over(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corrections, "AT_ONCE", 2)
    broadcast_id = await arrived(database)
    async with database.writing() as session:
        new = Content("sendMessage", {"text": "Sunday"})
        await corrections.correct(session, broadcast_id, new, COORDINATOR, 500, NOON)
    async with database.writing() as session:
        row = await session.get_one(Broadcast, broadcast_id)
        assert await corrections.recall(session, row, NOON) == len(HAVE_IT)
    await to_the_end(database)
    async with database.reading() as session:
        assert await changes(session, RECALL) == HAVE_IT
        assert len(await changes(session, CORRECTION)) <= 2


async def test_a_short_one_needs_no_clock(database: Database) -> None:
    broadcast_id = await arrived(database)
    async with database.writing() as session:
        await corrections.recall(session, await session.get_one(Broadcast, broadcast_id), NOON)
    async with database.reading() as session:
        assert await changes(session, RECALL) == HAVE_IT
        assert (await session.get_one(Broadcast, broadcast_id)).change is None


async def test_an_area_is_counted_in_pages(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "PAGE", 2)
    async with database.writing() as session:
        await people.seen_all(session, dict.fromkeys(PEOPLE, "en"), NOON)
        for person in PEOPLE[:5]:
            await people.keep_home(session, person, 37.43, 116.36)
        await people.keep_home(session, PEOPLE[5], 38.43, 116.36)
        await people.mark_unreachable(session, PEOPLE[0])
        near = Segment((LivesNear(37.43, 116.36, 5.0),))
        assert await recipients.audience(session, near, Topic.NEWS, NOON) == recipients.Audience(4, 1, 0)


async def test_an_export_in_pages_has_every_row_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "PAGE", 2)
    begins = NOON + timedelta(days=1)
    async with database.writing() as session:
        plan = Plan("3x3", Kind.GAMES, begins, begins + timedelta(hours=2), places=3, questions=("Which size?",))
        row = await planning.create(session, plan, COORDINATOR, NOON)
        await planning.publish(session, row.id, NOON)
        for person in PEOPLE:
            await memberships.create(session, person, {"name": f"李{person}"}, NOON)
            await sign_ups.sign_up(session, row.id, person, NOON, answers=[f"size {person}"], is_member=True)
        await sign_ups.sign_up(session, row.id, PersonId(999), NOON, is_member=False)
        await attendance.check_in(session, row.id, PEOPLE[0], begins, is_member=True)
    async with database.reading() as session:
        members = await sheet_of(exports.members(session, ZONE))
        assert members.rows == len(PEOPLE)
        assert all(members.content.decode().count(f"李{person}") == 1 for person in PEOPLE)
        everybody = await sheet_of(exports.attendance(session, ZONE))
        assert everybody.rows == len(PEOPLE) + 1
        assert all(everybody.content.decode().count(f"李{person}") == 1 for person in PEOPLE)
        listed = await sheet_of(exports.people_of(session, row, ZONE))
        lines = listed.content.decode("utf-8-sig").splitlines()
        assert lines[0].endswith("Which size?")
        states = ["placed"] * 3 + ["waiting"] * 5
        assert [line.split(",")[2] for line in lines[1:]] == states
        assert [line.split(",")[0] for line in lines[1:]] == [str(number) for number in range(1, 9)]
        assert [f"size {person}" in line for person, line in zip(PEOPLE, lines[1:], strict=False)] == [True] * 7


async def test_forms_and_marks_are_forgotten_some_at_a_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention.forget_some, "__defaults__", (2,))
    async with database.writing() as session:
        for person in PEOPLE[:3]:
            await dialogues.keep(session, OpenForm(person, "form", None), NOON, timedelta(hours=1))
            await updates.mark_done(session, UpdateKey(person), NOON)
    later = NOON + updates.KEPT + timedelta(hours=1)
    async with database.writing() as session:
        assert await dialogues.forget(session, later) and await updates.forget(session, later)
        assert len((await session.scalars(select(Dialogue.person_id))).all()) == 1
        assert not await dialogues.forget(session, later) and not await updates.forget(session, later)
        assert (await session.scalars(select(Dialogue.person_id))).all() == []
        assert (await session.scalars(select(DoneUpdate.key))).all() == []
