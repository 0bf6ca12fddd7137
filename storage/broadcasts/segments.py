"""Whom a broadcast is for: conditions that are declared here and combined by all of them holding."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.activities.sign_ups import TAKING, PlaceState, SignUp
from storage.database import vault_of
from storage.geodesy import distance
from storage.membership.memberships import Membership
from storage.people.people import PersonRow, spoken
from storage.telegram_ids import NOBODY, PersonId

PAGE = 20_000


@dataclass(frozen=True, slots=True)
class Condition:
    """`in_sql` is a condition of people's rows (session, values, now); `also` one that needs the opened row."""

    in_sql: Callable[[AsyncSession, dict[str, Any], datetime], ColumnElement[bool]]
    also: Callable[[AsyncSession, PersonRow, dict[str, Any]], bool] | None = None


def _is_near(session: AsyncSession, row: PersonRow, values: dict[str, Any]) -> bool:
    if row.home is None:
        return False
    here = vault_of(session).open_place(row.home, "people.home", row.id)
    return distance(*here, values["latitude"], values["longitude"]) <= float(values["km"]) * 1_000


def _members() -> Select[PersonId | None]:
    return select(Membership.person_id).where(Membership.left_at.is_(None), Membership.person_id.is_not(None))


def _of(values: dict[str, Any]) -> Select[PersonId]:
    """The people of an activity."""
    return select(SignUp.person_id).where(SignUp.activity_id == values["activity"])


CONDITIONS: dict[str, Condition] = {
    "language": Condition(lambda _, values, _now: spoken() == values["language"]),
    "active": Condition(lambda _, values, now: PersonRow.last_seen >= now - timedelta(days=values["days"])),
    "near": Condition(lambda _session, _values, _now: PersonRow.home.is_not(None), _is_near),
    "member": Condition(lambda _session, _values, _now: PersonRow.id.in_(_members())),
    "not_member": Condition(lambda _session, _values, _now: PersonRow.id.not_in(_members())),
    "platform": Condition(
        lambda session, values, _now: PersonRow.id.in_(
            _members().where(
                Membership.platform_index.in_(vault_of(session).blinds(values["platform"], "memberships.platform"))
            )
        )
    ),
    "district": Condition(
        lambda session, values, _now: PersonRow.id.in_(
            _members().where(
                Membership.district_index.in_(vault_of(session).blinds(values["district"], "memberships.district"))
            )
        )
    ),
    "signed_up": Condition(lambda _, values, _now: PersonRow.id.in_(_of(values).where(SignUp.state.in_(TAKING)))),
    "waiting": Condition(
        lambda _, values, _now: PersonRow.id.in_(_of(values).where(SignUp.state == PlaceState.WAITING))
    ),
    "attended": Condition(lambda _, values, _now: PersonRow.id.in_(_of(values).where(SignUp.came_at.is_not(None)))),
}
"""By name. A feature adds its own in a line or two."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Named conditions with their values; none means everyone."""

    conditions_by_name: tuple[tuple[str, tuple[tuple[str, Any], ...]], ...] = ()

    @classmethod
    def of(cls, text: str) -> Segment:
        """From `text`."""
        parsed = orjson.loads(text)
        return cls(tuple((name, tuple(sorted(parsed[name].items()))) for name in sorted(parsed)))

    @property
    def text(self) -> str:
        """The segment as JSON, which `Segment.of` reads."""
        return orjson.dumps({name: dict(values) for name, values in self.conditions_by_name}).decode()

    def conditions(self, session: AsyncSession, now: datetime) -> list[ColumnElement[bool]]:
        """Returns the part that the database decides; see `holds` for the rest."""
        return [CONDITIONS[name].in_sql(session, dict(values), now) for name, values in self.conditions_by_name]

    @property
    def in_sql(self) -> bool:
        """Whether the database alone can decide."""
        return all(CONDITIONS[name].also is None for name, _ in self.conditions_by_name)

    def holds(self, session: AsyncSession, row: PersonRow) -> bool:
        """The part that the database can't decide."""
        checks = ((CONDITIONS[name].also, dict(values)) for name, values in self.conditions_by_name)
        return all(check(session, row, values) for check, values in checks if check is not None)


async def end_of_page(session: AsyncSession, after: PersonId, size: int) -> PersonId | None:
    """The last id of the next `size` people after an id; None if there are none."""
    ids = select(PersonRow.id).where(PersonRow.id > after).order_by(PersonRow.id).limit(size).subquery()
    last = await session.scalar(select(func.max(ids.c.id)))
    return None if last is None else PersonId(last)


async def page(
    session: AsyncSession, segment: Segment, after: PersonId, last: PersonId, now: datetime
) -> Sequence[PersonRow]:
    """The people of the segment with ids in (after, last], ascending."""
    rows = await session.scalars(
        select(PersonRow)
        .where(PersonRow.id > after, PersonRow.id <= last, *segment.conditions(session, now))
        .order_by(PersonRow.id)
    )
    found = [row for row in rows if segment.holds(session, row)]
    for row in found:
        session.expunge(row)
    return found


async def pages(session: AsyncSession, segment: Segment, now: datetime) -> AsyncIterator[Sequence[PersonRow]]:
    """Yields the people of the segment in batches, by ascending id."""
    after = NOBODY
    while (last := await end_of_page(session, after, PAGE)) is not None:
        yield await page(session, segment, after, last, now)
        after = last
