"""Conditions of being honoured, by which people are addressed (see storage/people/segments.py)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.honours.ids import TripId
from storage.honours.table import LIVING, Honoured
from storage.honours.trip_table import OfferState, TripOffer
from storage.people.people import PersonRow
from storage.people.segments import Condition


@dataclass(frozen=True)
class IsHonoured(Condition):
    """Those who have linked an honour that they still have."""

    kind = "honoured"

    def in_sql(self, _session: AsyncSession, _now: datetime) -> ColumnElement[bool]:
        linked = select(Honoured.person_id).where(Honoured.person_id.is_not(None), Honoured.state.in_(LIVING))
        return PersonRow.id.in_(linked)


@dataclass(frozen=True)
class HasTripOffer(Condition):
    """Those to whom a place on a trip is offered, or who have taken it."""

    kind = "trip_offer"
    trip: TripId

    def in_sql(self, _session: AsyncSession, now: datetime) -> ColumnElement[bool]:
        holds = (TripOffer.state == OfferState.GOING) | (
            (TripOffer.state == OfferState.OFFERED) & (TripOffer.until > now)
        )
        offered = (
            select(Honoured.person_id)
            .join(TripOffer, TripOffer.honoured_id == Honoured.id)
            .where(TripOffer.trip_id == self.trip, holds, Honoured.person_id.is_not(None))
        )
        return PersonRow.id.in_(offered)
