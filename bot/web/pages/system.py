"""How the bot itself is doing, what went wrong, and what could not be delivered: for admins, as /system in the chat."""

from __future__ import annotations

from aiohttp import web

from bot.web import headers
from bot.web.turned_away import Turned, Why
from bot.web.visits import OFFICE, Page, Visit
from handlers.admin import system
from storage.deliveries import failed as failed_deliveries
from storage.operations import errors
from storage.people.access import Right

_PATH = "/console/system"


async def show(visit: Visit) -> web.Response:
    return visit.page(
        "system.html",
        lines=await system.standing(visit.site.features.queues, visit.talk),
        errors=[
            (row.error_id, visit.view.moment(row.last_at), row.count, row.kind, row.place)
            for row in await errors.newest(visit.session)
        ],
        undelivered=await failed_deliveries.newest(visit.session),
        seen=failed_deliveries.as_number(visit.now),
        said=_said(visit),
    )


def _said(visit: Visit) -> str:
    """What was done a moment ago, by the address to which that has led."""
    said = {"retried": visit._("{n} will be retried."), "discarded": visit._("{n} discarded.")}
    for name, words in said.items():
        count = visit.request.query.get(name, "")
        if count.isascii() and count.isdigit() and len(count) <= 9:
            return words.format(n=count)
    return visit._("Started. I'll message you when it's done.") if "backup" in visit.request.query else ""


def _back(visit: Visit, query: str) -> web.Response:
    found = headers.of_page(headers.NOBODY, is_https=visit.site.is_https)
    return web.Response(status=303, headers={**found, "Location": f"{visit.site.root}{_PATH}?{query}"})


async def retry(visit: Visit) -> web.Response:
    """All that could not be delivered is tried again."""
    return _back(visit, f"retried={await failed_deliveries.try_again(visit.session, visit.now)}")


async def discard(visit: Visit) -> web.Response:
    """Gives up what the page has shown, or could not show for its length. Raises Turned."""
    seen = visit.field("seen")
    if not (seen.isascii() and seen.isdigit() and len(seen) <= failed_deliveries.MOST_DIGITS):
        raise Turned(Why.ODD)
    moment = failed_deliveries.from_number(int(seen))
    return _back(visit, f"discarded={await failed_deliveries.discard_seen(visit.session, moment, visit.now)}")


async def back_up(visit: Visit) -> web.Response:
    visit.site.context.ports.start_backup(visit.person.id)
    return _back(visit, "backup")


PAGES = (
    Page("GET", _PATH, show, Right.ADMINISTER, OFFICE),
    Page("POST", f"{_PATH}/retry", retry, Right.ADMINISTER, OFFICE, writes=True),
    Page("POST", f"{_PATH}/discard", discard, Right.ADMINISTER, OFFICE, writes=True),
    Page("POST", f"{_PATH}/backup", back_up, Right.ADMINISTER, OFFICE),
)
