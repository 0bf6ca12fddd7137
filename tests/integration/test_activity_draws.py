"""Draws of activities: once, whatever comes in between; never one place too many, and the order that was published."""

from __future__ import annotations

import asyncio
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from storage.activities import activities, attendance, drawing, participants, planning, sign_ups, waiting_list
from storage.activities.draws import SETTLES_FOR, BadDraw, DrawFixed, PlacesBeingDrawn
from storage.activities.ids import ActivityId
from storage.activities.participants import TAKING, PlaceState
from storage.activities.reminders import Reminder
from storage.activities.sign_ups import SignUpClosed
from storage.database import Database
from storage.draws import drawing as draw_files
from storage.hours.quiet_hours import QuietHours
from storage.telegram_ids import PersonId
from tests.support.activities import SATURDAY, basketball, published, signs_up
from tests.support.databases import new_file, opened
from tests.support.simulator import COORDINATOR, NOON

DRAWS_AT = NOON + timedelta(days=2)
LOUD = QuietHours.of("00:00-00:00", ZoneInfo("UTC"))


async def test_what_a_draw_needs_and_when_it_is_fixed(database: Database) -> None:
    for wrong in ({"places": None}, {"draws_at": SATURDAY}, {"closes_at": DRAWS_AT - timedelta(hours=1)}):
        async with database.writing() as session:
            with pytest.raises(BadDraw):
                await planning.create(session, basketball(**{"draws_at": DRAWS_AT, **wrong}), COORDINATOR, NOON)
    activity_id = await published(database, draws_at=DRAWS_AT)
    await signs_up(database, activity_id, 71)
    later = DRAWS_AT + timedelta(hours=3)
    async with database.writing() as session:
        with pytest.raises(DrawFixed):
            await planning.change(session, activity_id, basketball(), NOON)
        changed = await planning.change(session, activity_id, basketball(draws_at=later), NOON)
        assert changed.changed == {"draws_at": (DRAWS_AT, later)}
        assert await drawing.next_due(session) == later
    async with database.writing() as session:
        assert await drawing.close_next(session, later, LOUD)
        assert await drawing.next_due(session) == later + SETTLES_FOR
        with pytest.raises(DrawFixed):
            await planning.change(session, activity_id, basketball(draws_at=DRAWS_AT), NOON)
        for places in (1, 9, None):
            with pytest.raises(PlacesBeingDrawn):
                await planning.change(session, activity_id, basketball(draws_at=later, places=places), NOON)
        await planning.change(session, activity_id, basketball(draws_at=later, title="3x3, indoors"), NOON)
        with pytest.raises(SignUpClosed):
            await attendance.check_in(session, activity_id, PersonId(72), later, is_member=False)


async def test_whose_guests_do_not_fit_waits_first_and_is_offered_what_is_left(database: Database) -> None:
    activity_id = await published(database, places=3, guests=1, draws_at=DRAWS_AT)
    for person in (81, 82, 83):
        await signs_up(database, activity_id, person, guests=1)

    async def closes() -> bool:
        async with database.writing() as session:
            return await drawing.close_next(session, DRAWS_AT, LOUD)

    async def draws_lots(now: datetime = DRAWS_AT + SETTLES_FOR) -> bool:
        async with database.writing() as session:
            return await drawing.draw_next(session, now, LOUD, [timedelta(hours=2)])

    assert sorted(await asyncio.gather(closes(), closes())) == [False, True], "by two that believe to lead"
    assert not await draws_lots(DRAWS_AT)
    with pytest.raises(ZeroDivisionError):
        async with database.writing() as session:
            assert await drawing.draw_next(session, DRAWS_AT + SETTLES_FOR, LOUD, [])
            1 / 0  # noqa: B018 (the process dies before it is committed)
    assert sorted(await asyncio.gather(draws_lots(), draws_lots())) == [False, True]
    async with database.reading() as session:
        rows = await participants.people_of(session, activity_id, tuple(PlaceState))
        by_order = sorted(rows, key=lambda row: row.queued_at)
        states = [PlaceState.PLACED, PlaceState.OFFERED, PlaceState.WAITING]
        assert [row.state for row in by_order] == states and by_order[1].guests == 0
        assert list(await session.scalars(select(Reminder.person_id))) == [by_order[0].person_id]
    late = await signs_up_at(database, activity_id, 84, DRAWS_AT + timedelta(hours=1))
    assert late.position == 2, "who comes after the draw waits behind those who were drawn"


async def signs_up_at(database: Database, activity_id: ActivityId, person_id: int, now: datetime) -> sign_ups.Place:
    async with database.writing() as session:
        return await sign_ups.sign_up(session, activity_id, PersonId(person_id), now, is_member=False)


GUESTS_AND_LEAVING = st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["stays", "before", "between"])), max_size=9)


@settings(max_examples=15, deadline=None)
@given(GUESTS_AND_LEAVING, st.integers(3, 9))
def test_places_and_queue_are_those_of_the_published_order(people: list[tuple[int, str]], places: int) -> None:
    asyncio.run(_draw_among(people, places))


async def _draw_among(people: list[tuple[int, str]], places: int) -> None:
    """Each person with guests, and whether they give their ticket back before the close, or between it and the draw."""
    with tempfile.TemporaryDirectory() as folder:
        database = opened(new_file(Path(folder) / "draw.db"))
        activity_id = await published(database, places=places, guests=2, draws_at=DRAWS_AT)
        for person, (guests, _leaves) in enumerate(people, start=1):
            await signs_up(database, activity_id, person, guests=guests)

        async def leave(when: str) -> None:
            for person, (_guests, leaves) in enumerate(people, start=1):
                if leaves == when:
                    async with database.writing() as session:
                        await waiting_list.release(session, activity_id, PersonId(person), DRAWS_AT, LOUD)

        await leave("before")
        async with database.writing() as session:
            assert await drawing.close_next(session, DRAWS_AT, LOUD)
        await leave("between")
        async with database.writing() as session:
            assert await drawing.draw_next(session, DRAWS_AT + SETTLES_FOR, LOUD, [])
        async with database.reading() as session:
            content = await drawing.file_of(session, await activities.published(session, activity_id))
            rows = {row.ticket: row for row in await participants.people_of(session, activity_id, tuple(PlaceState))}
        await database.close()
    drawn = draw_files.read(content)
    assert sorted(drawn.order) == [at for at, (_, leaves) in enumerate(people, start=1) if leaves != "before"]
    there = [rows[number] for number in drawn.order if rows[number].state is not PlaceState.LEFT]
    first = [rows[number] for number in drawn.order[: drawn.placed]]
    assert [row.state for row in there if row in first] == [PlaceState.PLACED] * sum(row in there for row in first)
    behind = [row.state for row in there if row not in first]
    assert behind == sorted(behind, key=[PlaceState.OFFERED, PlaceState.WAITING].index), "in the drawn order"
    assert sum(1 + row.guests for row in there if row.state in TAKING) <= places
    assert [row.queued_at for row in there] == sorted(row.queued_at for row in there)
