"""My page: what I signed up for, where my cases stand, my card, and what is kept about me."""

from __future__ import annotations

from typing import NamedTuple

from aiohttp import web

from bot.web import headers
from bot.web.turned_away import Turned, Why
from bot.web.visits import Page, Visit
from handlers.activities import format as activity_format
from handlers.cases import format as case_format
from handlers.membership.applications import STATES
from handlers.membership.memberships import number_words, since_words
from handlers.membership.memberships import picture as card_picture
from storage.activities import activities, calendar_feeds, participants
from storage.cases import access as case_access
from storage.membership import applications, memberships


class _Activity(NamedTuple):
    title: str
    when: str
    standing: str
    link: str


class _Case(NamedTuple):
    """Nothing that was told in it."""

    sign: str
    number: str
    desk: str
    state: str


async def show(visit: Visit) -> web.Response:
    return await _page(visit)


async def _page(visit: Visit, calendar: str = "") -> web.Response:
    context, language = visit.site.context, visit.person.language
    member = await memberships.of(visit.session, visit.person.id)
    last = await applications.latest_of(visit.session, visit.person.id)
    cases = [
        _Case(
            case_format.desk_sign(context, row.desk),
            row.number,
            case_format.desk_title(context, row.desk, language),
            case_format.state_words(row, language),
        )
        for row in await case_access.cases_of(visit.session, visit.person.id)
    ]
    return visit.page(
        "me.html",
        member=number_words(visit._, member.number) if member else "",
        since=since_words(visit.view, member) if member else "",
        application=(last.receipt, visit._(STATES[last.state])) if last and not member else None,
        activities=await _activities(visit),
        cases=cases,
        calendar=calendar,
        chat=context.link,
    )


async def _activities(visit: Visit) -> list[_Activity]:
    """Those to come, with my place in each."""
    mine = await participants.mine(visit.session, visit.person.id)
    coming = [row for row in await activities.coming(visit.session, visit.now) if row.id in mine]
    found = []
    for row in coming:
        number = await participants.standing(visit.session, mine[row.id])
        stands = activity_format.standing(mine[row.id], number, visit.now, visit.view.zone, visit.person.language)
        link = visit.site.context.link(f"act_{row.id}")
        found.append(_Activity(row.title, visit.view.moment(row.starts_at), stands, link))
    return found


async def calendar(visit: Visit) -> web.Response:
    """The secret address that calendars follow; it is made when it is first asked for."""
    token = await calendar_feeds.token_of(visit.session, visit.person.id)
    return await _page(visit, f"{visit.site.context.settings.public_url}/calendar/{token}.ics")


async def card(visit: Visit) -> web.Response:
    """My card as a picture."""
    row = await memberships.of(visit.session, visit.person.id)
    if row is None:
        raise Turned(Why.NOTHING_HERE)
    png = await card_picture(visit.view, visit.session, row)
    found = headers.of_page(headers.NOBODY, is_https=visit.site.is_https)
    return web.Response(body=png, content_type="image/png", headers=found)


PAGES = (
    Page("GET", "/app/me", show),
    Page("POST", "/app/me/calendar", calendar, writes=True),
    Page("GET", "/app/me/card", card),
)
