"""Conditions of taking part in an activity, by which people are addressed (see storage/people/segments.py)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.activities.activities import Activity, ActivityState
from storage.activities.ids import ActivityId
from storage.activities.participants import TAKING, PlaceState, SignUp
from storage.people.people import PersonRow
from storage.people.segments import Condition
from storage.telegram_ids import PersonId


@dataclass(frozen=True)
class _OfActivity(Condition):
    activity: ActivityId

    def _people(self, holds: ColumnElement[bool]) -> ColumnElement[bool]:
        signed_up: Select[PersonId] = select(SignUp.person_id).where(SignUp.activity_id == self.activity, holds)
        return PersonRow.id.in_(signed_up)


@dataclass(frozen=True)
class HasPlace(_OfActivity):
    kind = "signed_up"

    def in_sql(self, _session: AsyncSession, _now: datetime) -> ColumnElement[bool]:
        return self._people(SignUp.state.in_(TAKING))


@dataclass(frozen=True)
class Waits(_OfActivity):
    kind = "waiting"

    def in_sql(self, _session: AsyncSession, _now: datetime) -> ColumnElement[bool]:
        return self._people(SignUp.state.in_((PlaceState.WAITING, PlaceState.IN_DRAW)))


@dataclass(frozen=True)
class MaySignUp(_OfActivity):
    """Everybody, as long as sign-up is open; nobody from then on."""

    kind = "sign_up_open"

    def in_sql(self, _session: AsyncSession, now: datetime) -> ColumnElement[bool]:
        closes = func.coalesce(Activity.closes_at, Activity.starts_at)
        published = Activity.state == ActivityState.PUBLISHED
        return select(Activity.id).where(Activity.id == self.activity, published, closes > now).exists()


@dataclass(frozen=True)
class Came(_OfActivity):
    kind = "attended"

    def in_sql(self, _session: AsyncSession, _now: datetime) -> ColumnElement[bool]:
        return self._people(SignUp.came_at.is_not(None))
