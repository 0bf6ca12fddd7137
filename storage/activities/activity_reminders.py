"""Reminders of activities: how long before one people want them, and a row for each of those who have a place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Select, String, Table, bindparam, delete, func, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.activities.activities import Activity, leads_of
from storage.activities.ids import ActivityId
from storage.activities.participants import PlaceState, SignUp, of
from storage.activities.reminders import Reminder, drop, due_of
from storage.activities.sign_ups import NotSignedUp
from storage.coordination import wake_ups
from storage.coordination.wake_ups import WakeUp
from storage.database import Base
from storage.engine.fast_statements import run, run_each
from storage.engine.write_detection import flush
from storage.hours.quiet_hours import QuietHours
from storage.telegram_ids import PersonId

ACTIVITY = "activity"


class ReminderChoice(Base):
    """What a person wants of all reminders of activities: lead times of their own; none, if empty."""

    __tablename__ = "reminder_choices"

    person_id: Mapped[PersonId] = mapped_column(primary_key=True, autoincrement=False)
    leads: Mapped[str] = mapped_column(String(120))


async def choice_of(session: AsyncSession, person_id: PersonId) -> str | None:
    """Returns the lead times that the person chose for all activities, in seconds with commas between them.

    An empty text means no reminders, None that nothing was chosen.
    """
    return await session.scalar(select(ReminderChoice.leads).where(ReminderChoice.person_id == person_id))


async def choose(session: AsyncSession, person_id: PersonId, leads: str | None) -> None:
    """For all activities; None: as the organisation does it."""
    await session.execute(delete(ReminderChoice).where(ReminderChoice.person_id == person_id))
    if leads is not None:
        session.add(ReminderChoice(person_id=person_id, leads=leads))
        await session.flush()


async def choose_for_activity(
    session: AsyncSession, activity_id: ActivityId, person_id: PersonId, leads: str | None
) -> None:
    """For one activity; None: as for all others. Raises NotSignedUp."""
    row = await of(session, activity_id, person_id)
    if row is None or row.state == PlaceState.LEFT:
        raise NotSignedUp
    row.leads = leads
    await session.flush()


async def plan(
    session: AsyncSession,
    activity: Activity,
    defaults: Sequence[timedelta],
    now: datetime,
    quiet: QuietHours,
    person_id: PersonId | None = None,
) -> None:
    """Plans the reminders of an activity: of one person, or of all who have a place.

    A person's choice for this activity goes before their choice for all, that before the activity's own lead times, and
    these before the defaults. For all it takes two statements for each lead time in use, however many have signed up.
    """
    await flush(session)
    await drop(session, ACTIVITY, activity.id, person_id)
    standard = ",".join(str(int(lead.total_seconds())) for lead in (activity.leads or defaults))
    if activity.leads is not None and not activity.leads:
        standard = ""
    if person_id is None:
        await _plan_for_all(session, activity, standard, now, quiet)
    else:
        await _plan_for(session, person_id, activity, standard, now, quiet)


_TABLE, _PEOPLE, _CHOICES = (cast(Table, one.__table__) for one in (Reminder, SignUp, ReminderChoice))
_ADD = _TABLE.insert()
_CHOSEN = (
    select(func.coalesce(_PEOPLE.c.leads, _CHOICES.c.leads).label("leads"))
    .select_from(_PEOPLE.outerjoin(_CHOICES, _CHOICES.c.person_id == _PEOPLE.c.person_id))
    .where(
        _PEOPLE.c.activity_id == bindparam("activity"),
        _PEOPLE.c.person_id == bindparam("person"),
        _PEOPLE.c.state == PlaceState.PLACED,
    )
)
"""Of one person who has a place."""


async def _plan_for(
    session: AsyncSession, person_id: PersonId, activity: Activity, standard: str, now: datetime, quiet: QuietHours
) -> None:
    chosen = (await run(session, _CHOSEN, {"activity": activity.id, "person": person_id})).first()
    if chosen is None:
        return
    dues = {
        int(lead.total_seconds()): due_of(activity.starts_at, lead, quiet)
        for lead in leads_of(standard if chosen.leads is None else chosen.leads)
    }
    subject = {"person_id": person_id, "kind": ACTIVITY, "subject": activity.id, "expires_at": activity.starts_at}
    rows = [{**subject, "lead": lead, "due": due} for lead, due in dues.items() if due > now]
    if rows:
        await run_each(session, _ADD, rows)
        wake_ups.request(session, WakeUp.REMINDERS)


async def _plan_for_all(
    session: AsyncSession, activity: Activity, standard: str, now: datetime, quiet: QuietHours
) -> None:
    wanted = func.coalesce(SignUp.leads, ReminderChoice.leads, standard)
    placed = (SignUp.activity_id == activity.id) & (SignUp.state == PlaceState.PLACED)
    who = (
        select(SignUp.person_id, wanted.label("leads"))
        .outerjoin(ReminderChoice, ReminderChoice.person_id == SignUp.person_id)
        .where(placed)
    ).subquery()
    for text in list(await session.scalars(select(who.c.leads).distinct())):
        for lead in leads_of(text):
            due = due_of(activity.starts_at, lead, quiet)
            if due > now:
                await _add_all(session, activity, select(who.c.person_id).where(who.c.leads == text), lead, due)


async def _add_all(
    session: AsyncSession, activity: Activity, people: Select[PersonId], lead: timedelta, due: datetime
) -> None:
    person = people.subquery()
    rows = select(
        person.c.person_id,
        literal(ACTIVITY),
        literal(activity.id),
        literal(int(lead.total_seconds())),
        literal(due, _TABLE.c.due.type),
        literal(activity.starts_at, _TABLE.c.expires_at.type),
    )
    columns = ["person_id", "kind", "subject", "lead", "due", "expires_at"]
    await session.execute(insert(_TABLE).from_select(columns, rows))
    wake_ups.request(session, WakeUp.REMINDERS)


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    await session.execute(delete(ReminderChoice).where(ReminderChoice.person_id == person_id))
