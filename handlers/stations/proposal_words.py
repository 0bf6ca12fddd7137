"""What a proposal would change, and what its rider hears of it."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from handlers.chat.press import Page
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.i18n import translations
from handlers.i18n.formatting import labelled
from handlers.inputs.place import Point
from handlers.stations import format as station_format
from handlers.stations import presses
from handlers.stations.form import FIELDS
from storage.geodesy import distance
from storage.stations import proposals
from storage.stations.ids import NO_PROPOSAL, NO_SEARCH
from storage.stations.notices import ProposalAccepted, ProposalRefused, ProposalsWait
from storage.stations.proposals import Content
from storage.stations.stations import StationPatch, StationRow, amenity_names

_PLACE = ("latitude", "longitude")


def difference(talk: Talk, station: StationRow | None, content: Content) -> Sequence[Markup]:
    """A line for each column: as it would be, beside how it is now."""
    if station is None:
        values = content.patch.values
        names = [name for name in FIELDS if name == "place" or values.get(name)]
        return [labelled(talk._, FIELDS[name].title_for(talk), _proposed(talk, name, content.patch)) for name in names]
    if content.closed_for_good:
        return [Markup("🚫 <b>{}</b>").format(talk._("Closed for good: it would be removed."))]
    changed = proposals.changes(station, content.patch)
    columns = ["place"] * any(name in _PLACE for name in changed) + [name for name in changed if name not in _PLACE]
    return [_changed(talk, name, station, content.patch) for name in columns]


def _changed(talk: Talk, name: str, station: StationRow, patch: StationPatch) -> Markup:
    title = FIELDS[name].title_for(talk)
    if name == "amenities":
        return labelled(talk._, title, _signed(talk, station.amenities, patch.amenities or 0))
    said = Markup("{} → <b>{}</b>").format(_now(talk, name, station), _proposed(talk, name, patch))
    if name == "place" and patch.latitude is not None and patch.longitude is not None:
        metres = distance(station.latitude, station.longitude, patch.latitude, patch.longitude)
        said += Markup(" ({})").format(translations.distance(metres, talk.language))
    return labelled(talk._, title, said)


def _signed(talk: Talk, before: int, after: int) -> Markup:
    """ "➕ 🚻 toilet ➖ 💧 water"."""
    parts = [(sign, mask) for sign, mask in (("➕", after & ~before), ("➖", before & ~after)) if mask]
    said = " ".join(f"{sign} {station_format.amenities(mask, talk.language)}" for sign, mask in parts)
    return Markup("<b>{}</b>").format(said)


def _now(talk: Talk, name: str, station: StationRow) -> str:
    value = Point(station.latitude, station.longitude) if name == "place" else getattr(station, name)
    return FIELDS[name].input.show(talk, value) or "—"


def _proposed(talk: Talk, name: str, patch: StationPatch) -> str:
    value: object = patch.values.get(name)
    if name == "place":
        value = Point(patch.latitude or 0.0, patch.longitude or 0.0)
    elif name == "amenities":
        value = tuple(amenity_names(patch.amenities or 0))
    return FIELDS[name].input.show(talk, value)


def waits_words(view: View, _notice: ProposalsWait) -> Page:
    text = view._("✏️ A rider has sent a proposal about a station.")
    return text, [[presses.REVIEW_PROPOSALS.button(view._("▶ Look at it"), NO_PROPOSAL)]]


def accepted_words(view: View, notice: ProposalAccepted) -> Page:
    """With the name that they chose, if they chose one."""
    thanks = view._("🙏 Thank you, {name}!").format(name=notice.thanks) if notice.thanks else view._("🙏 Thank you!")
    if notice.station is None:
        said = view._("<b>{name}</b> has been removed, as you proposed.")
    else:
        said = view._("Your proposal was accepted. Riders can see it now: <b>{name}</b>")
    text = Markup("{}\n{}").format(thanks, Markup(said).format(name=notice.name))
    more = presses.PAGE.button(view._("ℹ️ More"), NO_SEARCH, notice.station) if notice.station is not None else None
    return text, [[more]] if more else []


def refused_words(view: View, notice: ProposalRefused) -> Page:
    head = Markup(view._("Your proposal about <b>{name}</b> was not accepted.")).format(name=notice.name)
    text = Markup("{}\n<blockquote>{}</blockquote>\n{}").format(
        head, notice.reason, view._("Thank you anyway: looking out for mistakes keeps the stations right.")
    )
    return text, []
