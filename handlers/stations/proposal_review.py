"""Coordinators look at what riders propose about stations, and accept it with one press or refuse it with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from handlers.chat.feature import Duty
from handlers.chat.pictures import Spot
from handlers.chat.press import Buttons
from handlers.chat.readers import RECIPIENT, holding
from handlers.chat.replies import Venue
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.forms import forms
from handlers.forms.questionnaires import one_question
from handlers.forms.questions import Question, asked
from handlers.i18n import formatting, translations
from handlers.i18n.formatting import labelled
from handlers.i18n.translations import N_
from handlers.inputs.place import Point
from handlers.inputs.reason import reason_question
from handlers.stations import acts, presses
from handlers.stations.proposal_words import accepted_words, difference, refused_words, waits_words
from storage.hours.opening_hours import State
from storage.people.access import Right
from storage.stations import proposals, stations
from storage.stations.ids import NO_PROPOSAL, ProposalId, StationKey
from storage.stations.index import ANYTHING, Found
from storage.stations.notices import ProposalAccepted, ProposalRefused, ProposalsWait
from storage.stations.proposals import Content, Proposal
from storage.stations.stations import StationRow

_RIGHT = Right.CLEAR_REPORTS
_AROUND = 3


def register(routes: Routes) -> None:
    routes.press(presses.REVIEW_PROPOSALS, review, right=_RIGHT, writes=False)
    routes.press(presses.ACCEPT_PROPOSAL, accept, right=_RIGHT)
    routes.press(presses.REFUSE_PROPOSAL, refuse, right=_RIGHT)
    routes.form(_REFUSAL)
    routes.notice(ProposalsWait, waits_words, reader=holding(_RIGHT))
    routes.notice(ProposalAccepted, accepted_words, reader=RECIPIENT)
    routes.notice(ProposalRefused, refused_words, reader=RECIPIENT)


async def duties(talk: Talk) -> Sequence[Duty]:
    """How many proposals wait, for whoever may decide on them."""
    waiting = await proposals.waiting_for(talk.session, talk.person.id) if talk.person.may(_RIGHT) else 0
    if not waiting:
        return []
    said = talk._("Proposals about stations: {n}").format(n=translations.number(waiting, talk.language))
    return [Duty(said, [presses.REVIEW_PROPOSALS.button(talk._("✏️ Look at proposals"), NO_PROPOSAL)])]


async def review(talk: Talk, after: ProposalId) -> None:
    """The one that has waited longest, or the next after it: its photo, where it is, and what it would change."""
    row = await proposals.next_for(talk.session, talk.person.id, after)
    if row is None:
        talk.say(talk._("✅ No proposals waiting."))
        return
    content = proposals.content_of(talk.session, row)
    station = None if row.station_key is None else await stations.find(talk.session, row.station_key)
    if content.photo:
        talk.send("sendPhoto", {"photo": content.photo, "protect_content": True}, [])
    name = station.name if station is not None else content.patch.name or ""
    place = place_of(station, content)
    if place is not None:
        await _show_places(talk, name, place, station)
    talk.say_protected(_words(talk, row, name, station, content), _buttons(talk, row))


def _words(talk: Talk, row: Proposal, name: str, station: StationRow | None, content: Content) -> Markup:
    is_gone = row.station_key is not None and station is None
    head = talk._("New station") if row.station_key is None else talk._("Correction")
    said = Markup("<b>{}</b> · {}").format(name, formatting.ago(row.sent_at, talk.now, talk.language))
    lines = [labelled(talk._, f"✏️ {head}", said)]
    lines += [Markup("{}").format(talk._("This station no longer exists."))] if is_gone else []
    lines += [] if is_gone else difference(talk, station, content)
    if content.thanks:
        lines.append(labelled(talk._, talk._("Thanks to"), content.thanks))
    return Markup("\n").join(lines)


def _buttons(talk: Talk, row: Proposal) -> Buttons:
    return [
        [presses.ACCEPT_PROPOSAL.button(talk._("✔ Accept"), row.id)],
        [
            presses.REFUSE_PROPOSAL.button(talk._("✖ Don't accept …"), row.id),
            presses.REVIEW_PROPOSALS.button(talk._("▶ Next proposal"), row.id),
        ],
    ]


def place_of(station: StationRow | None, content: Content) -> Point | None:
    """Where the station would be; None if there is none any more."""
    patch = content.patch
    if patch.latitude is not None and patch.longitude is not None:
        return Point(patch.latitude, patch.longitude)
    return None if station is None else Point(station.latitude, station.longitude)


def _around(talk: Talk, place: Point) -> Sequence[Found]:
    index, live = talk.context.directory.index, talk.context.directory.live
    return index.nearest(place.latitude, place.longitude, ANYTHING, talk.now, live, _AROUND)


def stations_around(talk: Talk, place: Point) -> Sequence[tuple[StationKey, str, float]]:
    """The stations around: their keys, names, and metres to each."""
    names = talk.context.directory.index.names
    return [(one.key, names[one.row], one.distance) for one in _around(talk, place)]


async def _show_places(talk: Talk, name: str, place: Point, station: StationRow | None) -> None:
    """The place on the phone's map, and on a picture with the stations around it: the same one may be there already."""
    index = talk.context.directory.index
    spots = [
        Spot(
            number,
            index.names[one.row],
            float(index.latitudes[one.row]),
            float(index.longitudes[one.row]),
            one.hours.state is not State.CLOSED,
        )
        for number, one in enumerate(_around(talk, place), start=1)
    ]
    png = await talk.context.ports.painter.map_png(place.latitude, place.longitude, spots, talk.language)
    talk.photo(png, talk._("In the centre: the proposed place. The numbers are stations that are there already."))
    talk.venue(Venue(place.latitude, place.longitude, name, station.address if station is not None else ""))


async def accept(talk: Talk, proposal_id: ProposalId) -> None:
    done = await acts.accept(talk, proposal_id)
    said = Markup(talk._("✅ Accepted: <b>{name}</b>. Riders see it within a few seconds.")).format(
        name=done.station.name
    )
    talk.edit(said, _next(talk, proposal_id))


async def refuse(talk: Talk, proposal_id: ProposalId) -> None:
    await proposals.find_waiting(talk.session, proposal_id, talk.person.id)
    await forms.begin(talk, _REFUSAL, Refusal(proposal_id))


REFUSING: Question[str, object] = reason_question(N_("Why? The rider will read it. 3 to 300 characters."), 3, 300)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Of a proposal."""

    id: ProposalId
    reason: str = asked(REFUSING)


async def _refused(talk: Talk, draft: Refusal) -> None:
    await acts.refuse(talk, draft.id, draft.reason)
    talk.say(talk._("Not accepted; the rider will read the reason."), _next(talk, draft.id))


def _next(talk: Talk, after: ProposalId) -> Buttons:
    return [[presses.REVIEW_PROPOSALS.button(talk._("▶ Next proposal"), after)]]


_REFUSAL = one_question("station_proposal_refusal", Refusal, _refused, _RIGHT)
