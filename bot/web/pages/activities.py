"""Activities in the console: a month as calendar and list; who comes to one, and checking them in by their names."""

from __future__ import annotations

import calendar
import re
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web
from babel.dates import format_skeleton, get_day_names

from bot.web.acting import acting
from bot.web.sent_pictures import sent_picture
from bot.web.turned_away import Turned, Why
from bot.web.visits import OFFICE, Page, Visit
from handlers.activities import format as words
from handlers.activities.admin import STATES as ACTIVITY_STATES
from handlers.activities.attendance import STATES, find_activity, names_of
from handlers.activities.check_ins import is_open, let_in
from handlers.chat.talk import Talk
from handlers.i18n import formatting
from storage.activities import activities, attendance, participants
from storage.activities.activities import Activity
from storage.activities.ids import ActivityId
from storage.activities.participants import SignUp
from storage.people.access import Right

_PATH = "/console/activities"
_RIGHT = Right.RUN_ACTIVITIES
SHOWN = 500
"""People on a page."""


async def month(visit: Visit) -> web.Response:
    """The month that the address names, else this one."""
    zone = visit.site.context.settings.organisation.zone
    first = _first(visit, visit.now.astimezone(zone).date())
    after = _moved(first, 1)
    rows = await activities.between(visit.session, _begin(first, zone), _begin(after, zone))
    figures = await attendance.figures(visit.session, [row.id for row in rows])
    days: dict[date, list[tuple[int, str, Any]]] = {}
    for row in rows:
        entry = words.line(row, figures[row.id], None, visit.now, zone, visit.person.language)
        state = visit._(ACTIVITY_STATES[row.state])
        days.setdefault(row.starts_at.astimezone(zone).date(), []).append((row.id, state, entry))
    locale = visit.person.language
    names = get_day_names("abbreviated", "stand-alone", locale)
    return visit.page(
        "activities.html",
        title=format_skeleton("yMMMM", first, locale=locale),
        weekdays=[names[at] for at in range(7)],
        weeks=calendar.Calendar().monthdatescalendar(first.year, first.month),
        first=first,
        today=visit.now.astimezone(zone).date(),
        days=[(day, formatting.dated(day, visit.view.today, locale), entries) for day, entries in days.items()],
        counts={day: len(entries) for day, entries in days.items()},
        before=f"{_moved(first, -1):%Y-%m}",
        after=f"{after:%Y-%m}",
    )


def _first(visit: Visit, today: date) -> date:
    """Of the month. Raises Turned."""
    named = visit.request.query.get("month", "")
    if not named:
        return today.replace(day=1)
    if not re.fullmatch(r"20[0-9]{2}-(0[1-9]|1[0-2])", named):
        raise Turned(Why.ODD)
    return date.fromisoformat(f"{named}-01")


def _moved(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)


def _begin(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _id(visit: Visit) -> ActivityId:
    return ActivityId(int(visit.request.match_info["id"]))


async def show(visit: Visit) -> web.Response:
    """One, with everybody who has a place, an offer, a ticket or waits; that their names were read is noted."""
    talk = visit.talk
    row = await find_activity(talk, _id(visit))
    people = await participants.people_of(visit.session, row.id, tuple(STATES), SHOWN)
    total = await participants.count(visit.session, row.id, tuple(STATES))
    names = await names_of(talk, people, f"activity {row.id}")
    numbers = await participants.numbers(visit.session, row.id)
    figures = (await attendance.figures(visit.session, [row.id]))[row.id]
    zone = visit.site.context.settings.organisation.zone
    return visit.page(
        "activity.html",
        row=row,
        state=visit._(ACTIVITY_STATES[row.state]),
        card=words.card(row, figures, None, 0, None, visit.now, zone, visit.person.language),
        came=visit.view.plural("{n} person has come.", "{n} people have come.", figures.came).format(n=figures.came),
        people=[_line(visit, one, numbers[one.id], names.get(one.person_id, "")) for one in people],
        more=total - len(people),
        is_open=is_open(row, visit.now),
        back=f"{row.starts_at.astimezone(zone):%Y-%m}",
    )


def _line(visit: Visit, one: SignUp, number: int, name: str) -> dict[str, Any]:
    return {
        "id": one.id,
        "number": number,
        "sign": STATES[one.state],
        "name": name,
        "guests": one.guests,
        "answers": " / ".join(participants.answers_of(visit.session, one)),
        "came": one.came_at is not None,
    }


async def let_one_in(visit: Visit, talk: Talk) -> web.Response:
    """By the place itself: its number is another one once somebody before it was erased."""
    row = await find_activity(talk, _id(visit))
    if not is_open(row, visit.now):
        raise activities.ActivityOver
    one, number = await _signed_up(visit, row)
    await let_in(talk, row.id, one.person_id)
    return visit.back(f"{_PATH}/{row.id}#n{number}")


async def _signed_up(visit: Visit, row: Activity) -> tuple[SignUp, int]:
    """Who has the place, of this activity, and its number. Raises Turned."""
    numbers = await participants.numbers(visit.session, row.id)
    people = await participants.people_of(visit.session, row.id, tuple(STATES))
    found = next((one for one in people if str(one.id) == visit.field("place")), None)
    if found is None:
        raise Turned(Why.NOTHING_HERE)
    return found, numbers[found.id]


async def poster(visit: Visit) -> web.Response:
    """The picture that riders see. Raises Turned."""
    row = await find_activity(visit.talk, _id(visit))
    if not row.poster:
        raise Turned(Why.NOTHING_HERE)
    return await sent_picture(visit, row.poster)


_ONE = rf"{_PATH}/{{id:\d{{1,18}}}}"
PAGES = (
    Page("GET", _PATH, month, _RIGHT, OFFICE),
    Page("GET", _ONE, show, _RIGHT, OFFICE, writes=True),
    Page("GET", f"{_ONE}/poster", poster, _RIGHT, OFFICE),
    acting(f"{_ONE}/come", let_one_in, _RIGHT),
)
