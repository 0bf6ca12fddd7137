"""What was done to one station, as the audit log has it."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import merge

from sqlalchemy.ext.asyncio import AsyncSession

from storage import audit
from storage.audit import Entry
from storage.stations.audited import StationAction

SEARCHED = 300
"""Entries of a kind that are opened, the newest: what an entry is about is sealed, so it can't be searched for."""
_ACTIONS = (StationAction.STATION_CHANGED, StationAction.PROPOSAL_ACCEPTED)


async def of_station(session: AsyncSession, station_id: str, limit: int) -> Sequence[Entry]:
    """The last entries about it, newest first, among SEARCHED of each kind."""
    found = [await audit.search(session, SEARCHED, act=action.value) for action in _ACTIONS]
    rows = merge(*found, key=lambda entry: entry.id, reverse=True)
    return [row for row in rows if row.about.startswith(f"{station_id}: ")][:limit]
