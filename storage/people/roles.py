"""Who was given more rights than a rider in the chat, by whom, and until when. Those of the config stand beside.

Each row carries a seal of its person, role and end. One without it counts for nothing: whoever can write to the
database but has no key can't make themselves an admin. They can put back a row that was sealed once.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import cast

from sqlalchemy import ColumnElement, String, Table, bindparam, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.column_types import Sealed, UtcDateTime
from storage.coordination import change_counters
from storage.database import Base, vault_of
from storage.dialects import put
from storage.encryption import CannotDecrypt
from storage.engine.fast_statements import run
from storage.telegram_ids import PersonId

VERSION = "roles"
"""Raised with every change, so that menus are published again."""


class RoleRow(Base):
    __tablename__ = "roles"

    person_id: Mapped[PersonId] = mapped_column(primary_key=True, autoincrement=False)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)
    until: Mapped[datetime | None] = mapped_column(default=None, index=True)
    granted_by: Mapped[PersonId]
    at: Mapped[datetime]
    seal: Mapped[bytes | None] = mapped_column(Sealed, default=None)


TABLE = cast(Table, RoleRow.__table__)
HOLDS = or_(TABLE.c.until.is_(None), TABLE.c.until > bindparam("now", type_=UtcDateTime()))
"""At the moment `now`, for statements that are built once."""
_HELD = select(TABLE.c.person_id, TABLE.c.role, TABLE.c.until, TABLE.c.seal).where(
    TABLE.c.person_id.in_(bindparam("ids", expanding=True)), HOLDS
)


def _holds(now: datetime) -> ColumnElement[bool]:
    return or_(RoleRow.until.is_(None), RoleRow.until > now)


async def grant(
    session: AsyncSession, person_id: PersonId, role: str, by: PersonId, now: datetime, until: datetime | None = None
) -> None:
    """Gives the role, or changes its end."""
    seal = _seal(session, person_id, role, until)
    await put(session, RoleRow(person_id=person_id, role=role, until=until, granted_by=by, at=now, seal=seal))
    await change_counters.raise_version(session, VERSION)


def _seal(session: AsyncSession, person_id: PersonId, role: str, until: datetime | None) -> bytes:
    return vault_of(session).seal(_end(until), "roles.seal", f"{person_id}/{role}")


def _end(until: datetime | None) -> bytes:
    return b"" if until is None else until.astimezone(UTC).isoformat().encode()


def is_genuine(
    session: AsyncSession, person_id: PersonId, role: str, until: datetime | None, seal: bytes | None
) -> bool:
    """Whether this program gave the role."""
    if seal is None:
        return False
    try:
        return vault_of(session).open(seal, "roles.seal", f"{person_id}/{role}") == _end(until)
    except CannotDecrypt:
        return False


async def take(session: AsyncSession, person_id: PersonId, role: str) -> bool:
    """Takes the role away; False if the person did not have it."""
    its_row = (RoleRow.person_id == person_id) & (RoleRow.role == role)
    gone = await session.execute(delete(RoleRow).where(its_row).returning(RoleRow.role))
    if gone.first() is None:
        return False
    await change_counters.raise_version(session, VERSION)
    return True


async def held(session: AsyncSession, ids: Sequence[PersonId], now: datetime) -> dict[PersonId, set[str]]:
    """The roles of these people, at this moment."""
    rows = await run(session, _HELD, {"ids": list(set(ids)), "now": now})
    found: dict[PersonId, set[str]] = {}
    for person_id, role, until, seal in rows:
        if is_genuine(session, person_id, role, until, seal):
            found.setdefault(person_id, set()).add(role)
    return found


async def holders(session: AsyncSession, roles: Collection[str], now: datetime) -> set[PersonId]:
    """Everybody who has one of these roles at this moment."""
    chosen = select(RoleRow.person_id, RoleRow.role, RoleRow.until, RoleRow.seal)
    rows = await session.execute(chosen.where(RoleRow.role.in_(roles), _holds(now)))
    return {row.person_id for row in rows if is_genuine(session, row.person_id, row.role, row.until, row.seal)}


async def lapse(session: AsyncSession, now: datetime) -> list[tuple[PersonId, str]]:
    """Removes the roles whose end has come; returns (person, role) of each."""
    rows = await session.execute(delete(RoleRow).where(RoleRow.until <= now).returning(RoleRow.person_id, RoleRow.role))
    lapsed = [(person_id, role) for person_id, role in rows]
    if lapsed:
        await change_counters.raise_version(session, VERSION)
    return lapsed


async def any_lapsed(session: AsyncSession, now: datetime) -> bool:
    return await session.scalar(select(RoleRow.person_id).where(RoleRow.until <= now).limit(1)) is not None


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[dict[str, object]]:
    rows = await session.scalars(select(RoleRow).where(RoleRow.person_id == person_id))
    return [{"role": row.role, "until": row.until, "since": row.at} for row in rows]


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    if (await session.execute(delete(RoleRow).where(RoleRow.person_id == person_id).returning(RoleRow.role))).all():
        await change_counters.raise_version(session, VERSION)
