"""The tables of convalescence trips: an activity whose places are offered in turns."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.activities.ids import ActivityId
from storage.column_types import BigKey, StrEnumColumn
from storage.database import Base
from storage.honours.ids import HonouredId, TripId


class OfferState(StrEnum):
    OFFERED = "offered"
    GOING = "going"
    DECLINED = "declined"
    LAPSED = "lapsed"
    """They did not answer in time, or gave their place back."""


class TripState(StrEnum):
    OPEN = "open"
    """Places are offered."""
    STOPPED = "stopped"
    DONE = "done"


class Trip(Base):
    """`going`, `came` and `is_open` are segments of people, as the activity's feature has given them: who has a place,
    who was there, and everybody as long as places can be taken."""

    __tablename__ = "honour_trips"

    id: Mapped[TripId] = mapped_column(BigKey, primary_key=True)
    activity_id: Mapped[ActivityId | None] = mapped_column(BigInteger, default=None)
    title: Mapped[str] = mapped_column(String(120))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    quota: Mapped[int] = mapped_column(SmallInteger)
    answer_hours: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[TripState] = mapped_column(StrEnumColumn(TripState, 10), default=TripState.OPEN, index=True)
    going: Mapped[str] = mapped_column(String(200), default="")
    came: Mapped[str] = mapped_column(String(200), default="")
    is_open: Mapped[str] = mapped_column(String(200), default="")


class TripOffer(Base):
    __tablename__ = "honour_offers"

    trip_id: Mapped[TripId] = mapped_column(BigInteger, ForeignKey("honour_trips.id"), primary_key=True)
    honoured_id: Mapped[HonouredId] = mapped_column(BigInteger, ForeignKey("honoured.id"), primary_key=True)
    state: Mapped[OfferState] = mapped_column(StrEnumColumn(OfferState, 10), default=OfferState.OFFERED)
    until: Mapped[datetime]
