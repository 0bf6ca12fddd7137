"""Conditions of membership, by which people are addressed (see storage/people/segments.py)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import vault_of
from storage.membership.memberships import Membership
from storage.people.people import PersonRow
from storage.people.segments import Condition
from storage.telegram_ids import PersonId


def _members() -> Select[PersonId | None]:
    return select(Membership.person_id).where(Membership.left_at.is_(None), Membership.person_id.is_not(None))


def _count_of(members: Select[PersonId | None]) -> Select[int]:
    """By the table of members alone: whoever is in it is known, so nobody is looked up among a million people."""
    return select(func.count()).select_from(members.subquery())


def _theirs() -> ColumnElement[bool]:
    """Of the person of one row of the table of people."""
    return (Membership.person_id == PersonRow.id) & Membership.left_at.is_(None)


@dataclass(frozen=True)
class IsMember(Condition):
    kind = "member"

    def in_sql(self, _session: AsyncSession, _now: datetime) -> ColumnElement[bool]:
        return PersonRow.id.in_(_members())

    def of_each(self, _session: AsyncSession, _now: datetime) -> ColumnElement[bool]:
        return select(Membership.number).where(_theirs()).exists()

    def count(self, _session: AsyncSession, _now: datetime) -> Select[int]:
        return _count_of(_members())


@dataclass(frozen=True)
class IsNoMember(Condition):
    kind = "not_member"

    def in_sql(self, _session: AsyncSession, _now: datetime) -> ColumnElement[bool]:
        return PersonRow.id.not_in(_members())

    def of_each(self, _session: AsyncSession, _now: datetime) -> ColumnElement[bool]:
        return ~select(Membership.number).where(_theirs()).exists()


@dataclass(frozen=True)
class WorksFor(Condition):
    """Members on a platform."""

    kind = "platform"
    platform: str

    def in_sql(self, session: AsyncSession, _now: datetime) -> ColumnElement[bool]:
        return PersonRow.id.in_(self._those(session))

    def count(self, session: AsyncSession, _now: datetime) -> Select[int]:
        return _count_of(self._those(session))

    def _those(self, session: AsyncSession) -> Select[PersonId | None]:
        indexes = vault_of(session).blinds(self.platform, "memberships.platform")
        return _members().where(Membership.platform_index.in_(indexes))

    def of_each(self, session: AsyncSession, _now: datetime) -> ColumnElement[bool]:
        # Of this one row: asked whether there is any, SQLite looks through all of the platform.
        theirs = select(Membership.platform_index).where(_theirs()).limit(1).scalar_subquery()
        return theirs.in_(vault_of(session).blinds(self.platform, "memberships.platform"))


@dataclass(frozen=True)
class WorksIn(Condition):
    """Members in a district."""

    kind = "district"
    district: str

    def in_sql(self, session: AsyncSession, _now: datetime) -> ColumnElement[bool]:
        return PersonRow.id.in_(self._those(session))

    def count(self, session: AsyncSession, _now: datetime) -> Select[int]:
        return _count_of(self._those(session))

    def _those(self, session: AsyncSession) -> Select[PersonId | None]:
        indexes = vault_of(session).blinds(self.district, "memberships.district")
        return _members().where(Membership.district_index.in_(indexes))

    def of_each(self, session: AsyncSession, _now: datetime) -> ColumnElement[bool]:
        # Of this one row: asked whether there is any, SQLite looks through all of the district.
        theirs = select(Membership.district_index).where(_theirs()).limit(1).scalar_subquery()
        return theirs.in_(vault_of(session).blinds(self.district, "memberships.district"))
