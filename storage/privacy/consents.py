"""What a person agreed to: for which purpose, in which version of the wording, when, and when they took it back."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import String, Table, bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.column_types import BigKey
from storage.database import Base
from storage.engine.fast_statements import run
from storage.refusals import Refused
from storage.telegram_ids import PersonId


class NoConsent(Refused):
    """Nothing is asked or kept before the person has agreed to the wording as it stands now."""


class Consent(Base):
    __tablename__ = "consents"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(index=True)
    purpose: Mapped[str] = mapped_column(String(20))
    version: Mapped[int]
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None] = mapped_column(default=None)


_TABLE = cast(Table, Consent.__table__)
_VERSION = select(_TABLE.c.version).where(
    _TABLE.c.person_id == bindparam("person"),
    _TABLE.c.purpose == bindparam("purpose"),
    _TABLE.c.withdrawn_at.is_(None),
)
_GIVE = insert(_TABLE).returning(_TABLE.c.id)


async def give(session: AsyncSession, person_id: PersonId, purpose: str, version: int, now: datetime) -> None:
    """The person agreed to this version; what they agreed to before is replaced by it."""
    current = await version_of(session, person_id, purpose)
    if current == version:
        return
    if current is not None:
        await withdraw(session, person_id, purpose, now)
    await run(session, _GIVE, {"person_id": person_id, "purpose": purpose, "version": version, "given_at": now})


async def version_of(session: AsyncSession, person_id: PersonId, purpose: str) -> int | None:
    """The version that the person has agreed to; None if they have not, or have taken it back."""
    found: int | None = (await run(session, _VERSION, {"person": person_id, "purpose": purpose})).scalar()
    return found


async def require(session: AsyncSession, person_id: PersonId, purpose: str, *versions: int) -> int:
    """Which of these versions was agreed to. Raises NoConsent if none was."""
    found = await version_of(session, person_id, purpose)
    if found is None or found not in versions:
        raise NoConsent
    return found


async def withdraw(session: AsyncSession, person_id: PersonId, purpose: str, now: datetime) -> None:
    """Withdraws what the person agreed to for this purpose; that they had agreed stays known."""
    await session.execute(
        update(Consent)
        .where(Consent.person_id == person_id, Consent.purpose == purpose, Consent.withdrawn_at.is_(None))
        .values(withdrawn_at=now)
    )


async def forget(session: AsyncSession, person_id: PersonId, purpose: str) -> None:
    """As if it had never been given: for what was told anonymously."""
    await session.execute(delete(Consent).where(Consent.person_id == person_id, Consent.purpose == purpose))


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[dict[str, object]]:
    rows = await session.scalars(select(Consent).where(Consent.person_id == person_id).order_by(Consent.id))
    return [
        {"purpose": row.purpose, "version": row.version, "given_at": row.given_at, "withdrawn_at": row.withdrawn_at}
        for row in rows
    ]


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    await session.execute(delete(Consent).where(Consent.person_id == person_id))
