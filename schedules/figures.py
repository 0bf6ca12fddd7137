"""Counts the searches that are in no figure yet, and drops what told people apart in periods that are over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from schedules.settings import Settings
from storage import search_figures, searches
from storage.search_figures import ALL, BARE, HOUR, PLACE, Seen
from storage.searches import Search

EVERY = timedelta(seconds=30)
BATCH = 2_000
NEAR = 2_000.0
"""Metres: where no station is nearer, one is missing."""


async def run(session: AsyncSession, now: datetime, settings: Settings) -> bool:
    """True if more wait to be counted."""
    found = await searches.take_uncounted(session, BATCH)
    if found:
        await search_figures.count_all(session, seen_of(found, settings))
    await search_figures.end_periods(session, now.astimezone(settings.zone).date())
    return len(found) == BATCH


def seen_of(found: Sequence[Search], settings: Settings) -> Iterator[Seen]:
    """What each search adds to the figures."""
    for search in found:
        local = search.at.astimezone(settings.zone)
        place = search_figures.place_cell(search.latitude, search.longitude)
        cells = [(ALL, ""), (HOUR, f"{local.hour:02d}"), (PLACE, place)]
        if settings.metres_to_nearest(search.latitude, search.longitude) > NEAR:
            cells.append((BARE, place))
        for kind, cell in cells:
            yield Seen(search.person_id, local.date(), kind, cell)
