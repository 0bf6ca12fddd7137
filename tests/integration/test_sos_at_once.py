"""Calls for help where much happens at once: who goes, who is told, and what one volunteer can do to the others."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.audit import AuditRow
from storage.database import Database
from storage.membership import memberships
from storage.people import people
from storage.privacy.retention import Retention
from storage.sos import asking, calls, duties, going, reading
from storage.sos.audited import HelpAction
from storage.sos.duties import Volunteer
from storage.sos.ids import HelpCallId
from storage.sos.reading import facts
from storage.sos.table import (
    MOST_A_DAY,
    CallTaken,
    Content,
    HelpCall,
    NotToldOfCall,
    Told,
    TooManyCalls,
    content_of,
)
from storage.telegram_ids import PersonId
from tests.support.simulator import NOON

CALLER = PersonId(570)
VOLUNTEERS = [PersonId(571 + at) for at in range(5)]


async def joins(session: AsyncSession, person_id: PersonId) -> None:
    await people.seen_all(session, {person_id: "en"}, NOON)
    await memberships.create(session, person_id, {"name": "李雷"}, NOON)


async def test_one_of_several_goes(database: Database) -> None:
    async with database.writing() as session:
        for one in VOLUNTEERS:
            await joins(session, one)
            await duties.begin(session, one, Volunteer(f"V{one}", 37.43, 116.36), NOON + timedelta(hours=4), None)
        row, told = await calls.begin(session, CALLER, Content("Li", 37.43, 116.36), 3_000, [], NOON)
        call_id = row.id
    assert told == len(VOLUNTEERS)

    async def goes(volunteer: PersonId) -> PersonId | None:
        try:
            async with database.writing() as session:
                await going.take(session, call_id, volunteer, [], NOON)
        except CallTaken:
            return None
        return volunteer

    (helper,) = [one for one in await asyncio.gather(*map(goes, VOLUNTEERS)) if one is not None]
    async with database.reading() as session:
        found = await facts(session, HelpCallId(call_id))
        taken = await session.scalar(select(func.count()).where(AuditRow.act == HelpAction.HELP_TAKEN.value))
    assert found is not None and found.content is not None
    assert (found.helper, found.content.helper, taken) == (helper, f"V{helper}", 1)


async def on_duty(session: AsyncSession, volunteer: PersonId) -> Volunteer:
    kept = Volunteer(f"V{volunteer}", 37.43, 116.36)
    await joins(session, volunteer)
    await duties.begin(session, volunteer, kept, NOON + timedelta(hours=4), None)
    return kept


async def goes_on_duty(database: Database) -> None:
    async with database.writing() as session:
        kept = await on_duty(session, VOLUNTEERS[0])
        await asking.ask_newcomer(session, VOLUNTEERS[0], kept, 3_000, NOON)


async def called(database: Database, now: datetime = NOON) -> HelpCallId:
    async with database.writing() as session:
        row, _ = await calls.begin(session, CALLER, Content("Li", 37.43, 116.36), 3_000, [], now)
        return row.id


async def told_of(database: Database) -> list[PersonId]:
    async with database.reading() as session:
        return list(await session.scalars(select(Told.person_id)))


async def test_who_goes_on_duty_while_a_call_ends_is_not_kept_as_told(database: Database) -> None:
    """A row about a call that has ended would stay for ever, and keep all that is forgotten by the clock from it."""
    call_id = await called(database)
    async with database.writing() as session:
        await calls.end_by_party(session, call_id, CALLER, [], NOON)
        await session.flush()
        newcomer = asyncio.create_task(goes_on_duty(database))
        await asyncio.wait([newcomer], timeout=0.3)  # PostgreSQL lets them, unless the call is locked
    await newcomer
    assert await told_of(database) == []
    async with database.writing() as session:
        assert not await reading.forget(session, NOON + timedelta(days=2), Retention())
    async with database.reading() as session:
        assert await facts(session, call_id) is None


async def test_who_calls_and_who_goes_on_duty_at_once_hear_of_each_other(database: Database) -> None:
    async with database.writing() as session:
        await calls.begin(session, CALLER, Content("Li", 37.43, 116.36), 3_000, [], NOON)
        await session.flush()
        newcomer = asyncio.create_task(goes_on_duty(database))
        await asyncio.wait([newcomer], timeout=0.3)  # PostgreSQL lets them, unless they are kept apart
    await newcomer
    assert await told_of(database) == [VOLUNTEERS[0]]


async def test_who_gave_a_call_back_is_not_asked_again(database: Database) -> None:
    """Else one person could have the caller, the other volunteers and the coordinators rung as often as they like."""
    async with database.writing() as session:
        kept = await on_duty(session, VOLUNTEERS[0])
    call_id = await called(database)
    async with database.writing() as session:
        await going.take(session, call_id, VOLUNTEERS[0], [], NOON)
        await going.give_back(session, call_id, VOLUNTEERS[0], 3_000, [], NOON)
    async with database.writing() as session:
        await on_duty(session, VOLUNTEERS[1])
        for volunteer in VOLUNTEERS[:2]:
            await asking.ask_newcomer(session, volunteer, kept, 3_000, NOON)
        with pytest.raises(NotToldOfCall):
            await going.take(session, call_id, VOLUNTEERS[0], [], NOON)
        await going.take(session, call_id, VOLUNTEERS[1], [], NOON)
        await going.give_back(session, call_id, VOLUNTEERS[1], 3_000, [], NOON)
    assert await told_of(database) == [], "nor once another one has given it back"
    async with database.writing() as session:
        await reading.erase(session, VOLUNTEERS[0])
        row = await session.get_one(HelpCall, call_id)
        assert content_of(session, row).gave_back == (VOLUNTEERS[1],)


async def test_of_a_call_that_has_ended_nobody_can_say_who_went(database: Database) -> None:
    async with database.writing() as session:
        await on_duty(session, VOLUNTEERS[0])
    for number, by in enumerate([VOLUNTEERS[0], CALLER]):
        call_id = await called(database, NOON + timedelta(minutes=number))
        async with database.writing() as session:
            await going.take(session, call_id, VOLUNTEERS[0], [], NOON)
            await calls.end_by_party(session, call_id, by, [], NOON)
        async with database.reading() as session:
            row = await session.get_one(HelpCall, call_id)
            assert row.helper not in VOLUNTEERS and row.content is None


async def test_calls_that_a_volunteer_ended_do_not_use_up_those_of_a_day(database: Database) -> None:
    """Whoever is in danger could be silenced by a stranger who goes nowhere and says three times that it is over."""
    async with database.writing() as session:
        await on_duty(session, VOLUNTEERS[0])
    for number in range(MOST_A_DAY):
        call_id = await called(database, NOON + timedelta(minutes=number))
        async with database.writing() as session:
            await going.take(session, call_id, VOLUNTEERS[0], [], NOON)
            await calls.end_by_party(session, call_id, VOLUNTEERS[0], [], NOON)
    for number in range(MOST_A_DAY):
        call_id = await called(database, NOON + timedelta(hours=1 + number))
        async with database.writing() as session:
            await calls.end_by_party(session, call_id, CALLER, [], NOON)
    with pytest.raises(TooManyCalls):
        await called(database, NOON + timedelta(hours=9))
