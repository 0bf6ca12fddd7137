"""How often somebody has come to a desk in a day or a month, without saying who.

A row is found by a keyed digest of the person, the desk and the time, and goes when that is over. The table keeps its
rows in the order of the digests, so that no row stands beside the case that came with it.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import LargeBinary, SmallInteger, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.cases.cases import TooManyCases
from storage.database import Base, vault_of
from storage.telegram_ids import PersonId


class Allowance(Base):
    __tablename__ = "case_allowances"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 (SQLAlchemy reads it as it is)

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    last_day: Mapped[date]
    used: Mapped[int] = mapped_column(SmallInteger)


async def use(session: AsyncSession, person_id: PersonId, desk: str, limit: int, today: date) -> None:
    """Counts one more anonymous case of this person at this desk today.

    Raises:
        TooManyCases: they have brought `limit` today.
    """
    row = await _row(session, f"{person_id}/{desk}/{today:%Y-%m-%d}", today)
    if row.used >= limit:
        raise TooManyCases
    row.used += 1
    await session.flush()


async def is_first_of_month(session: AsyncSession, person_id: PersonId, desk: str, today: date) -> bool:
    """Whether this person has brought nothing else to this desk in this month; from now on they have."""
    last = (today.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    row = await _row(session, f"{person_id}/{desk}/{today:%Y-%m}", last)
    is_first = row.used == 0
    row.used = 1
    await session.flush()
    return is_first


async def _row(session: AsyncSession, what: str, last_day: date) -> Allowance:
    digests = vault_of(session).blinds(what, "case_allowances.digest")
    found = await session.scalars(select(Allowance).where(Allowance.digest.in_(digests)).with_for_update())
    row = found.first()
    if row is None:
        row = Allowance(digest=digests[0], last_day=last_day, used=0)
        session.add(row)
    return row


async def forget(session: AsyncSession, today: date) -> None:
    """Removes what was counted for a time that is over."""
    await session.execute(delete(Allowance).where(Allowance.last_day < today))
