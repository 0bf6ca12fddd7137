"""Reminders of the time limits of a case, which its rider asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.cases import format as words
from handlers.cases import presses
from handlers.cases.closing import LIMIT_REMINDER
from handlers.chat.press import Page
from handlers.chat.readers import RECIPIENT
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.i18n import formatting
from storage.activities import reminders
from storage.cases import access as case_access
from storage.cases import deadlines as case_deadlines
from storage.cases.deadlines import CaseLimit
from storage.cases.ids import CaseId
from storage.cases.notices import TimeLimitReminder
from storage.cases.table import CaseState

LIMIT_LEADS = tuple(timedelta(days=days) for days in (90, 30, 7, 1))
REMINDED_AT = time(9)


def register(routes: Routes) -> None:
    routes.press(presses.REMIND_OF_LIMITS, remind_of_limits)
    routes.notice_about(TimeLimitReminder, limit_words, about_limit, reader=RECIPIENT)


async def remind_of_limits(talk: Talk, case_id: CaseId) -> None:
    """Up to 90, 30, 7 and 1 days before each; tells the days on which reminders stand."""
    row = await case_access.of_rider(talk.session, case_id, talk.person.id)
    zone, quiet, days = talk.context.settings.organisation.zone, talk.context.settings.quiet_hours, set[date]()
    for limit in (await case_deadlines.of_cases(talk.session, [row.id]))[row.id]:
        at = datetime.combine(limit.ends_on, REMINDED_AT, zone)
        standing = await reminders.add(
            talk.session, talk.person.id, LIMIT_REMINDER, limit.id, at, LIMIT_LEADS, talk.now, quiet
        )
        days |= {reminders.due_of(at, lead, quiet).astimezone(zone).date() for lead in standing}
    if not days:
        said = talk._("These deadlines have passed or are too close, so there is nothing to remind you of.")
        talk.answer_callback(said, alert=True)
        return
    dates = [formatting.dated(day, talk.local_today, talk.language) for day in sorted(days)]
    talk.say(talk._("I'll remind you on {days}.").format(days=formatting.listed(dates, talk.language)))


@dataclass(frozen=True, slots=True)
class LimitFacts:
    """A time limit that may apply to a case."""

    case_id: CaseId
    number: str
    limit: CaseLimit


async def about_limit(session: AsyncSession, reminder: TimeLimitReminder, _now: datetime) -> LimitFacts | None:
    """What a reminder of a time limit says; None once the case is closed or gone."""
    limit = await case_deadlines.find(session, reminder.subject)
    row = await case_access.find(session, limit.case_id) if limit is not None else None
    if limit is None or row is None or row.state == CaseState.CLOSED:
        return None
    return LimitFacts(row.id, row.number, limit)


def limit_words(view: View, _notice: TimeLimitReminder, facts: LimitFacts) -> Page:
    lines = [
        Markup("⏰ {} <b>{}</b>").format(view._("A deadline that may apply to"), facts.number),
        *words.limit_lines(view.context, [facts.limit], view.today, view.language),
    ]
    return Markup("\n").join(lines), [[presses.SHOW_CASE.button(view._("View"), facts.case_id)]]
