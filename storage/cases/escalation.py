"""Cases that nobody has answered, or decided at a level, in time, and cases whose handler has left: who is to hear of
it, each time once.

A late case climbs one level at a time: its handler (or those of the desk), then the coordinators, then the admins.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from storage.cases import access, cases, contexts, parties, queue
from storage.cases.desks import Desk
from storage.cases.table import Case
from storage.hours import working_time
from storage.operations.organisation import Organisation, Settings
from storage.people.access import Right, Role
from storage.people.staff import Staff
from storage.telegram_ids import PersonId

DOUBTED_AGAIN = timedelta(minutes=10)
LEVELS = (Role.COUNSEL, Role.COORDINATOR, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class Escalation:
    """The first answer to a case is late by its desk's target: who hears of it now, after how long a wait. Coordinators
    see no queue, so they can't open the case: they hear that somebody has to be asked."""

    case: Case
    waited: timedelta
    recipients: Sequence[PersonId]
    can_open: bool


@dataclass(frozen=True, slots=True)
class UrgentEscalation:
    """Somebody may be in danger and has had no answer for that long: who hears of it, and who of them can open it."""

    case: Case
    waited: timedelta
    recipients: Sequence[PersonId]
    can_open: frozenset[PersonId]


@dataclass(frozen=True, slots=True)
class Orphan:
    """A case that is back in the queue. `interrupted` is its former handler, if they were writing in it."""

    case: Case
    interrupted: PersonId | None
    recipients: Sequence[PersonId]


def answer_due(desk: Desk, opened_at: datetime, step: int, organisation: Organisation) -> datetime:
    """When the first answer to a case of this desk is late for so many steps of those who are told."""
    return _after(desk, opened_at, desk.escalation_after[step], organisation)


def first_due(desk: Desk, opened_at: datetime, organisation: Organisation) -> datetime:
    """When the first answer to a new case is late, or the decision at the first level."""
    return decision_due(desk, 1, opened_at, organisation)


def decision_due(desk: Desk, level: int, since: datetime, organisation: Organisation) -> datetime:
    """When a decision at this level of the desk is late."""
    return _after(desk, since, desk.spans(level)[0], organisation)


def _after(desk: Desk, since: datetime, span: timedelta, organisation: Organisation) -> datetime:
    if not desk.working_days:
        return since + span
    return working_time.after(since, span, organisation.zone, organisation.country)


async def escalate_late(
    session: AsyncSession, rows: Sequence[Case], staff: Staff, settings: Settings, now: datetime
) -> list[Escalation]:
    """Takes each of these late cases one level up; those of desks that are gone are told to nobody. Nor is one in
    doubt, which is looked at again after a while: its row may be put right."""
    found = []
    for row in rows:
        desk = settings.desks.get(row.desk)
        if parties.is_in_doubt(row):
            row.next_escalation_at = now + DOUBTED_AGAIN
        elif desk is None:
            row.next_escalation_at = None
        else:
            found.append(await escalate(session, row, desk, staff, settings.organisation, now))
    return found


async def escalate(
    session: AsyncSession, row: Case, desk: Desk, staff: Staff, organisation: Organisation, now: datetime
) -> Escalation:
    """Takes a late case one level up."""
    level = row.escalation_level
    spans = desk.spans(row.level)
    is_last = level + 1 >= len(spans)
    row.escalation_level = level + 1
    row.next_escalation_at = None if is_last else _next(desk, row, organisation, now)
    recipients = await _of_level(session, row, desk, staff, now)
    return Escalation(row, spans[level], recipients, LEVELS[level] is not Role.COORDINATOR)


def _next(desk: Desk, row: Case, organisation: Organisation, now: datetime) -> datetime:
    """At a level the clock has stood still while it was asked back, so the next time is counted from this one."""
    if row.level:
        return decision_due(desk, row.level, now, organisation)
    return answer_due(desk, row.opened_at, row.escalation_level, organisation)


async def _of_level(session: AsyncSession, row: Case, desk: Desk, staff: Staff, now: datetime) -> list[PersonId]:
    level = row.escalation_level - 1
    if level == 0 and row.assigned_to is not None:
        return [row.assigned_to]
    people = (
        await staff.of_desk(session, desk, now, row.level, row.place)
        if level == 0
        else await staff.with_role(session, LEVELS[level], now)
    )
    return access.who_may_see(session, row, people)


async def escalate_urgent(
    session: AsyncSession, rows: Sequence[Case], staff: Staff, desks: Mapping[str, Desk], now: datetime
) -> list[UrgentEscalation]:
    """Everybody who could do something hears of each of these urgent cases that were not answered in time."""
    found = []
    for row in rows:
        row.urgent_told = True
        desk = desks.get(row.desk)
        can_open = {*await staff.with_role(session, Role.ADMIN, now), *await _handlers(session, row, desk, staff, now)}
        everybody = can_open.union(await staff.with_role(session, Role.COORDINATOR, now))
        recipients = access.who_may_see(session, row, sorted(everybody))
        waited = desk.urgent_within if desk is not None else timedelta()
        found.append(UrgentEscalation(row, waited, recipients, frozenset(can_open)))
    return found


async def _handlers(session: AsyncSession, row: Case, desk: Desk | None, staff: Staff, now: datetime) -> list[PersonId]:
    """Its own, and those of its desk."""
    own = [row.assigned_to] if row.assigned_to is not None else []
    return own if desk is None else own + await staff.of_desk(session, desk, now, row.level, row.place)


async def free_orphans(session: AsyncSession, staff: Staff, desks: Mapping[str, Desk], now: datetime) -> list[Orphan]:
    """Puts the cases of former handlers back into the queue."""
    found = []
    counsel = await staff.with_role(session, Role.COUNSEL, now)
    able = await staff.who_may(session, Right.HANDLE_CASES, now)
    levelled = [key for key, desk in desks.items() if desk.levels]
    for row in await queue.without_handler_left(session, counsel, able, levelled):
        former = row.assigned_to
        await cases.assign(session, row, None, now)
        is_interrupted = former is not None and await contexts.leave(session, former, row.id)
        desk = desks.get(row.desk)
        people = await staff.of_desk(session, desk, now, row.level, row.place) if desk is not None else []
        recipients = access.who_may_see(session, row, people)
        found.append(Orphan(row, former if is_interrupted else None, recipients))
    return found
