"""Activities whose places are drawn: the seed, and the tickets that are handed out until sign-up for the draw ends.

Closing the list and the draw itself are in drawing.py.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, String, Text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage import sealed_columns
from storage.activities.ids import ActivityId
from storage.column_types import Sealed
from storage.coordination import wake_ups
from storage.coordination.wake_ups import WakeUp
from storage.database import Base
from storage.draws import drawing
from storage.draws.drawing import Ticket
from storage.refusals import Refused

SETTLES_FOR = timedelta(minutes=10)
"""Between the close of the list, whose SHA-256 everybody is told, and the draw."""


class DrawUnderWay(Refused):
    """The list of tickets is closed, and the draw has not been made yet."""


class BadDraw(Refused):
    """A draw of an activity with as many places as like, or at a time at which none can be."""


class DrawFixed(Refused):
    """People hold tickets, so the places are drawn; once the list is closed, its time is fixed, too."""


class PlacesBeingDrawn(Refused):
    """The list of tickets is closed with this number of places, and the draw has not been made yet."""


def is_possible(draws_at: datetime, starts_at: datetime, opens_at: datetime | None, closes_at: datetime | None) -> bool:
    """Whether sign-up is open until then, and there is time for the draw before the start."""
    is_open = (opens_at or draws_at) <= draws_at <= (closes_at or draws_at)
    return is_open and draws_at + SETTLES_FOR < starts_at


class ActivityDraw(Base):
    """The draw of one activity, from its publication on."""

    __tablename__ = "activity_draws"

    activity_id: Mapped[ActivityId] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    seed: Mapped[bytes] = mapped_column(Sealed)
    """Sealed until the draw. Its SHA-256 is told from the start."""
    commitment: Mapped[str] = mapped_column(String(64))
    tickets: Mapped[int] = mapped_column(default=0)
    """How many have been handed out; the number of the last one."""
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_sha256: Mapped[str] = mapped_column(String(64), default="")
    closed: Mapped[str | None] = mapped_column(Text, default=None, deferred=True)
    """What is drawn from, as it was closed: numbers and codes of tickets, nobody's name."""


async def find(session: AsyncSession, activity_id: ActivityId) -> ActivityDraw | None:
    return await session.get(ActivityDraw, activity_id)


async def prepare(session: AsyncSession, activity_id: ActivityId) -> None:
    """Commits to a seed, once; the clock looks when the draw is due."""
    if await find(session, activity_id) is None:
        seed = drawing.new_seed()
        row = ActivityDraw(activity_id=activity_id, seed=b"", commitment=drawing.commitment(seed))
        sealed_columns.seal(session, row, ActivityDraw.seed, seed)
        session.add(row)
        await session.flush()
    wake_ups.request(session, WakeUp.DRAWS)


async def require_changeable(session: AsyncSession, activity_id: ActivityId, draws_at: datetime | None) -> None:
    """Lets another time of the draw pass, or None for no draw. Raises DrawFixed: see the class."""
    row = await find(session, activity_id)
    if row is not None and (row.closed_at is not None or (draws_at is None and row.tickets)):
        raise DrawFixed


async def require_places_free(session: AsyncSession, activity_id: ActivityId) -> None:
    """Lets another number of places pass: what is drawn is the number that the closed list says, which everybody in it
    has its SHA-256 of. Raises PlacesBeingDrawn: see the class."""
    row = await find(session, activity_id)
    if row is not None and row.closed_at is not None:
        raise PlacesBeingDrawn


async def hand_out(session: AsyncSession, activity_id: ActivityId, guests: int) -> Ticket:
    """The next ticket; the caller has locked the activity. Raises DrawUnderWay: see the class."""
    row = await session.get_one(ActivityDraw, activity_id, populate_existing=True)
    if row.closed_at is not None:
        raise DrawUnderWay
    row.tickets += 1
    return Ticket(row.tickets, drawing.new_code(), 1 + guests)
