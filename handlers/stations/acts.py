"""What staff do with a station or a proposal, in the chat or on a page: the change, its audit row, and who is told.

Riders who search in this process find the change at once, those of other processes within seconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from markupsafe import Markup

from handlers.chat.talk import Talk
from handlers.stations.form import StationDraft
from handlers.stations.proposal_words import difference
from handlers.stations.values import patch_of, shown
from storage import audit
from storage.stations import proposals, reports, stations, together
from storage.stations.audited import StationAction
from storage.stations.ids import ProposalId, StationKey
from storage.stations.notices import ProposalAccepted, ProposalRefused
from storage.stations.proposals import Accepted, Proposal
from storage.stations.stations import (
    WITHOUT_END,
    NoSuchStation,
    Station,
    StationRow,
    amenities_from,
    amenity_names,
)
from storage.stations.together import Change, Fate, Planned


async def add(talk: Talk, draft: StationDraft, station_id: str) -> StationRow:
    """Puts a new one on the map."""
    station = Station(
        station_id,
        draft.name,
        draft.place.latitude,
        draft.place.longitude,
        draft.address,
        draft.opening_hours,
        int(amenities_from(draft.amenities)),
        draft.phone,
        draft.note,
    )
    return await _noted(talk, await stations.add(talk.session, station, talk.now), "added")


async def change(talk: Talk, key: StationKey, name: str, value: object) -> StationRow:
    """Gives one column a new value; None takes it away. Raises NoSuchStation."""
    row = await stations.find_for_admin(talk.session, key)
    before = shown(talk, row, name)
    row = await stations.change(talk.session, key, patch_of(name, value), talk.now)
    return await _noted(talk, row, f"{name}: {before} → {shown(talk, row, name)}")


async def close(talk: Talk, key: StationKey, until: datetime | None, reason: str) -> StationRow:
    """For a while, or (None) until further notice. Raises NoSuchStation."""
    end = until or WITHOUT_END
    row = await stations.close(talk.session, key, end, reason)
    return await _noted(talk, row, f"closed until {end.isoformat()}: {row.closed_reason}")


async def open_again(talk: Talk, key: StationKey) -> StationRow:
    """Raises NoSuchStation."""
    return await _noted(talk, await stations.reopen(talk.session, key), "open again")


async def delete(talk: Talk, key: StationKey) -> StationRow:
    """Raises NoSuchStation."""
    return await _noted(talk, await stations.delete_one(talk.session, key, talk.now), "deleted")


async def restore(talk: Talk, key: StationKey) -> StationRow:
    """Raises NoSuchStation."""
    return await _noted(talk, await stations.restore(talk.session, key), "brought back")


async def change_all(
    talk: Talk, keys: Sequence[StationKey], change_: Change, listed: Mapping[StationKey, str]
) -> list[Planned]:
    """The same change for many that were listed, each with its own audit row; what became of each. Raises
    TooManyStations."""
    found = await together.planned(talk.session, keys, change_, talk.now, listed)
    for one in found:
        if one.fate is Fate.CHANGES:
            await _change_one(talk, one.row, change_)
    return found


async def _change_one(talk: Talk, row: StationRow, change_: Change) -> None:
    match change_:
        case together.Text():
            await change(talk, row.key, change_.column, change_.words or None)
        case together.Amenities():
            await change(talk, row.key, "amenities", tuple(amenity_names(change_.of(row))))
        case together.Closing():
            await close(talk, row.key, change_.until, change_.reason)
        case together.Opening():
            await open_again(talk, row.key)


async def _noted(talk: Talk, row: StationRow, what: str) -> StationRow:
    about = f"{row.id}: {what}"[:500]
    await audit.note(talk.session, talk.person.id, StationAction.STATION_CHANGED, talk.now, about=about)
    talk.committed.append(talk.context.directory.look_again)
    return row


async def clear_reports(talk: Talk, key: StationKey) -> bool:
    """A coordinator knows better than what riders reported; False if nothing was believed."""
    talk.committed.append(talk.context.directory.refresh_live)
    return await reports.clear(talk.session, key, talk.now)


async def accept(talk: Talk, proposal_id: ProposalId) -> Accepted:
    """Puts it into the stations and thanks the rider.

    Raises:
        ProposalDecided, OwnProposal, NoSuchStation: see the classes.
    """
    row = await proposals.find_waiting(talk.session, proposal_id, talk.person.id)
    content = proposals.content_of(talk.session, row)
    before = None if row.station_key is None else await stations.find(talk.session, row.station_key)
    lines = difference(talk, before, content)
    done = await proposals.accept(talk.session, proposal_id, talk.person.id, talk.now)
    what = "added" if done.is_new else "; ".join(Markup(line).striptags() for line in lines)
    about = f"{done.station.id}: {what}"[:500]
    await audit.note(talk.session, talk.person.id, StationAction.PROPOSAL_ACCEPTED, talk.now, done.person_id, about)
    key = None if done.station.deleted_at is not None else done.station.key
    talk.notify(done.person_id, ProposalAccepted(key, done.station.name, done.thanks))
    talk.committed.append(talk.context.directory.look_again)
    return done


async def refuse(talk: Talk, proposal_id: ProposalId, reason: str) -> None:
    """The rider reads the reason. Raises ProposalDecided, OwnProposal."""
    row = await proposals.find_waiting(talk.session, proposal_id, talk.person.id)
    name = await _name_of(talk, row)
    await proposals.refuse(talk.session, proposal_id, talk.person.id)
    about = f"{name}: {reason}"
    await audit.note(talk.session, talk.person.id, StationAction.PROPOSAL_REFUSED, talk.now, row.person_id, about)
    talk.notify(row.person_id, ProposalRefused(name, reason))


async def _name_of(talk: Talk, row: Proposal) -> str:
    if row.station_key is None:
        return proposals.content_of(talk.session, row).patch.name or ""
    try:
        return (await stations.find_for_admin(talk.session, row.station_key)).name
    except NoSuchStation:
        return "—"
