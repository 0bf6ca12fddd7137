"""A rider's report, with all that follows: whether they may make it, who is told, and what they hear.

The chat and the map report by this alone.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.chat.context import AppContext
from handlers.i18n.translations import translator
from storage.deliveries import queue as delivery_queue
from storage.deliveries.queue import Addressed
from storage.people.access import Right
from storage.stations import reports, searches
from storage.stations.notices import StationReported
from storage.stations.reports import Kind, NotNearby, Outcome
from storage.stations.stations import StationRow
from storage.telegram_ids import PersonId


async def take(
    session: AsyncSession, context: AppContext, station: StationRow, person_id: PersonId, kind: Kind, now: datetime
) -> Outcome:
    """Keeps it; everybody who looks after stations hears of what is believed from now on.

    Raises:
        NotNearby, ReportedAlready: see the classes.
    """
    if not await searches.was_near(session, person_id, station.latitude, station.longitude, now):
        raise NotNearby
    outcome = await reports.report(session, station.key, person_id, kind, now)
    if outcome.confirmed:
        notice = StationReported(station.key, station.name, outcome.confirmed)
        people = await context.staff.who_may(session, Right.CLEAR_REPORTS, now)
        await delivery_queue.add_all(session, [Addressed(one, notice, now) for one in people])
    return outcome


def thanks(outcome: Outcome, language: str) -> str:
    """To whoever reported."""
    _ = translator(language)
    if outcome.confirmed or outcome.cleared:
        return _("Thank you! Two riders have reported it, so everyone sees it now.")
    if outcome.replaced:
        return _("This replaces your earlier report. Once a second rider confirms it, everyone will be told.")
    return _("Thank you! Once a second rider confirms it, everyone will be told.")
