"""What riders propose about stations: the queue, each with its photo and what it would change."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.web.acting import acting
from bot.web.sent_pictures import sent_picture
from bot.web.turned_away import Turned, Why
from bot.web.visits import OFFICE, Page, Visit
from handlers.chat.talk import Talk
from handlers.forms.questions import NotAnAnswer
from handlers.i18n import formatting, translations
from handlers.i18n.translations import N_
from handlers.stations import acts
from handlers.stations.proposal_review import REFUSING, place_of, stations_around
from handlers.stations.proposal_words import difference
from storage.people.access import Right
from storage.stations import proposals, stations
from storage.stations.ids import ProposalId
from storage.stations.proposals import Proposal

SHOWN = 20
SAID = {
    "accepted": N_("Accepted. Riders can see it now, and the rider is thanked."),
    "refused": N_("Not accepted; the rider will read the reason."),
}
_PATH = "/console/stations/proposals"
_RIGHT = Right.CLEAR_REPORTS


async def queue(visit: Visit) -> web.Response:
    """Those of others that wait, the oldest first."""
    return await _queue(visit)


async def _queue(visit: Visit, refused: ProposalId | None = None, problem: str = "") -> web.Response:
    said = visit.request.query.get("said", "")
    rows = await proposals.waiting(visit.session, visit.person.id, SHOWN)
    return visit.page(
        "station_proposals.html",
        status=422 if problem else 200,
        waiting=await proposals.waiting_for(visit.session, visit.person.id),
        cards=[await _card(visit, row) for row in rows],
        refused=refused,
        problem=problem,
        reason=visit.field("reason"),
        said=visit._(SAID[said]) if said in SAID else "",
    )


async def _card(visit: Visit, row: Proposal) -> dict[str, Any]:
    talk, content = visit.talk, proposals.content_of(visit.session, row)
    station = None if row.station_key is None else await stations.find(visit.session, row.station_key)
    is_gone = row.station_key is not None and station is None
    point = place_of(station, content)
    near = stations_around(talk, point) if point is not None else []
    return {
        "id": row.id,
        "name": station.name if station is not None else content.patch.name or "—",
        "key": station.key if station is not None else None,
        "is_new": row.station_key is None,
        "age": formatting.ago(row.sent_at, visit.now, visit.person.language),
        "is_gone": is_gone,
        "lines": [] if is_gone else difference(talk, station, content),
        "has_photo": bool(content.photo),
        "thanks": content.thanks,
        "at": f"{point.latitude:.6f},{point.longitude:.6f}" if point is not None else "",
        "near": [
            (name, translations.distance(metres, visit.person.language))
            for key, name, metres in near
            if station is None or key != station.key
        ],
    }


def _id(visit: Visit) -> ProposalId:
    return ProposalId(int(visit.request.match_info["id"]))


async def photo(visit: Visit) -> web.Response:
    """As the rider sent it, while the proposal waits. Raises Turned."""
    row = await proposals.find_for(visit.session, _id(visit), visit.person.id)
    file_id = proposals.content_of(visit.session, row).photo if row is not None else ""
    if not file_id:
        raise Turned(Why.NOTHING_HERE)
    return await sent_picture(visit, file_id)


async def accept(visit: Visit, talk: Talk) -> web.Response:
    await acts.accept(talk, _id(visit))
    return visit.back(f"{_PATH}?said=accepted")


async def refuse(visit: Visit, talk: Talk) -> web.Response:
    """With a reason that the rider reads."""
    try:
        reason = await REFUSING.input.read(visit.saying(visit.field("reason")))
    except NotAnAnswer as fault:
        return await _queue(visit, _id(visit), str(fault))
    await acts.refuse(talk, _id(visit), reason)
    return visit.back(f"{_PATH}?said=refused")


_ONE = rf"{_PATH}/{{id:\d{{1,18}}}}"
PAGES = (
    Page("GET", _PATH, queue, _RIGHT, OFFICE),
    Page("GET", f"{_ONE}/photo", photo, _RIGHT, OFFICE),
    acting(f"{_ONE}/accept", accept, _RIGHT),
    acting(f"{_ONE}/refuse", refuse, _RIGHT),
)
