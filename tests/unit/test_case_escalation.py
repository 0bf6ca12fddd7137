"""Who hears that a case was not answered in time, that its handler has left, or that its rider can't be reached."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from storage.cases import cases, contexts, escalation, queue, reachability
from storage.cases.desks import Desk
from storage.cases.escalation import Escalation, UrgentEscalation
from storage.cases.table import Case, CaseContent
from storage.database import Database
from storage.people import people
from storage.people.staff import Staff
from storage.telegram_ids import PersonId
from tests.support.settings import clock_context
from tests.support.simulator import NOON

RIDER, FIRST, SECOND, COORDINATOR, ADMIN = map(PersonId, (1, 10, 11, 20, 30))
STAFF = Staff(frozenset({ADMIN}), frozenset({COORDINATOR}), frozenset({FIRST, SECOND}))
LEGAL = Desk("legal", "legal", "L", "⚖️", {}, {}, {}, {}, ())
SETTINGS = replace(clock_context().settings, desks={"legal": LEGAL})


async def a_case(session: AsyncSession, desk: str = "legal") -> Case:
    due = NOON + timedelta(hours=24)
    return await cases.open_case(session, desk, "L", RIDER, CaseContent("pay"), 1, 2026, due, NOON)


async def late_at(session: AsyncSession, now: datetime) -> list[Escalation]:
    return await escalation.escalate_late(session, await queue.late(session, now), STAFF, SETTINGS, now)


async def urgent_at(session: AsyncSession, now: datetime) -> list[UrgentEscalation]:
    rows = await queue.urgent_and_late(session, now)
    return await escalation.escalate_urgent(session, rows, STAFF, SETTINGS.desks, now)


async def test_a_late_case_climbs_one_level_at_a_time(database: Database) -> None:
    async with database.writing() as session:
        row = await a_case(session)
        await cases.mark_conflict(session, row, SECOND)
        for hours, recipients, can_open in (
            (24, [FIRST], True),
            (48, [COORDINATOR], False),
            (72, [ADMIN], True),
        ):
            now = NOON + timedelta(hours=hours)
            assert not await late_at(session, now - timedelta(minutes=1))
            (late,) = await late_at(session, now)
            assert (late.case.id, late.recipients, late.can_open) == (row.id, recipients, can_open)
            assert late.waited == timedelta(hours=hours)
        assert not await late_at(session, NOON + timedelta(days=30))


async def test_a_case_in_hand_is_first_told_to_its_handler_alone(database: Database) -> None:
    async with database.writing() as session:
        row = await a_case(session)
        await cases.assign(session, row, SECOND, NOON)
        (late,) = await late_at(session, row.due_at)
        assert late.recipients == [SECOND]


async def test_nobody_is_told_of_a_desk_that_is_gone(database: Database) -> None:
    async with database.writing() as session:
        row = await a_case(session, desk="housing")
        assert not await late_at(session, row.due_at)
        assert row.next_escalation_at is None


async def test_an_urgent_case_is_told_to_everybody_once(database: Database) -> None:
    async with database.writing() as session:
        row = await a_case(session)
        assert cases.mark_urgent(row, NOON, LEGAL.urgent_within)
        due = NOON + LEGAL.urgent_within
        (late,) = await urgent_at(session, due)
        assert late.recipients == [FIRST, SECOND, COORDINATOR, ADMIN]
        assert late.can_open == {FIRST, SECOND, ADMIN}
        assert not await urgent_at(session, due)


async def test_the_case_of_a_former_handler_waits_again(database: Database) -> None:
    async with database.writing() as session:
        row = await a_case(session)
        former = 12
        await cases.assign(session, row, PersonId(former), NOON)
        await contexts.enter(session, PersonId(former), row.id, NOON)
        (orphan,) = await escalation.free_orphans(session, STAFF, SETTINGS.desks, NOON)
        assert (orphan.interrupted, orphan.recipients, row.assigned_to) == (former, [FIRST, SECOND], None)
        assert not await escalation.free_orphans(session, STAFF, SETTINGS.desks, NOON)


async def test_the_handler_hears_once_that_a_rider_is_away_or_back(database: Database) -> None:
    async with database.writing() as session:
        await people.seen_all(session, {RIDER: "en"}, NOON)
        row = await a_case(session)
        row.rider_unreachable = True
        assert await reachability.follow_riders(session, NOON) == [row] and not row.rider_unreachable
        assert not await reachability.follow_riders(session, NOON)
        await people.mark_unreachable(session, PersonId(RIDER))
        row.rider_unreachable = True
        assert not await reachability.follow_riders(session, NOON), "that is known already"
