"""Which processes run the bot: each says every few seconds that it lives."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import String, bindparam, delete, select
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base, UtcDateTime, database_clock, insert_for, is_postgresql, run

BEATS_EVERY = 1.0
"""Seconds."""
SLACK = 0.05
"""Of the limit: a share is not taken back for less, unless somebody has less than half of theirs."""
RESERVE = 1.0
"""Messages a second that are kept for a process that comes, so that it need not wait until others gave some back."""
LIVES_FOR = timedelta(seconds=6)
"""A process that has not been heard of for so long is gone; one that could not say for so long that it lives sends
nothing (see bot/telegram/rate_quota.py)."""


class Replica(Base):
    __tablename__ = "replicas"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    version: Mapped[str] = mapped_column(String(20))
    leads: Mapped[bool]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    wants: Mapped[float] = mapped_column(default=0.0)
    granted: Mapped[float] = mapped_column(default=0.0)
    uses: Mapped[float] = mapped_column(default=0.0)


@cache
def _beat(*, postgres: bool) -> Insert:
    statement = insert_for(Replica, postgres=postgres)
    kept = {name: statement.excluded[name] for name in ("version", "leads", "started_at", "seen_at")}
    return statement.on_conflict_do_update(index_elements=["name"], set_=kept)


_GONE = delete(Replica).where(Replica.seen_at < bindparam("since", type_=UtcDateTime()))


async def beat(
    session: AsyncSession, name: str, version: str, started_at: datetime, now: datetime, *, leads: bool
) -> None:
    """This process lives; those that have not been heard of for long are forgotten.

    On PostgreSQL the time is the database's: the clocks of the machines need not agree.
    """
    now = await database_clock(session) or now
    here = {"name": name, "version": version, "leads": leads, "started_at": started_at, "seen_at": now}
    await run(session, _beat(postgres=is_postgresql(session)), {**here, "wants": 0.0, "granted": 0.0, "uses": 0.0})
    await run(session, _GONE, {"since": now - LIVES_FOR})


# The limit of messages a second is one for all of them. The leader grants each a share; a process says what it uses.
# What is granted or still used, all together, never exceeds the limit.


async def claim_share(session: AsyncSession, name: str, wants: float, uses: float) -> float:
    """Says what this process wants and used until now; returns what it is granted. Both count as used from now on."""
    row = await session.get(Replica, name, with_for_update=True, populate_existing=True)
    if row is None:
        return 0.0
    row.wants, row.uses = wants, max(uses, row.granted)
    await session.flush()
    return row.granted


async def grant_shares(session: AsyncSession, limit: float) -> None:
    """By the leader: shares by what each wants. One grows only by what nobody has or uses any more."""
    chosen = select(Replica).order_by(Replica.name).with_for_update().execution_options(populate_existing=True)
    rows = (await session.scalars(chosen)).all()
    reserve = RESERVE if limit >= 10 * RESERVE and len(rows) > 1 else 0.0
    wanted = shares([row.wants for row in rows], limit - reserve)
    is_starved = any(row.granted < share / 2 for row, share in zip(rows, wanted, strict=True))
    slack = 0.0 if is_starved else SLACK * limit
    for row, share in zip(rows, wanted, strict=True):
        if row.granted - share > slack:
            row.granted = share
    free = limit - sum(max(row.granted, row.uses) for row in rows)
    for row, share in zip(rows, wanted, strict=True):
        spare = free if not row.granted else free - reserve
        more = min(share - max(row.granted, row.uses), spare)
        if more > 0:
            row.granted = max(row.granted, row.uses) + more
            free -= more


def shares(wants: Sequence[float], limit: float) -> list[float]:
    """A tenth of the limit is for all alike, the rest by what each wants.

    Whole messages, where there are enough of them: each process lets a fraction of one go early, and together these
    would be more than the limit.
    """
    total = sum(wants)
    alike = limit / len(wants) if wants else 0.0
    found = [alike / 10 + 0.9 * limit * one / total if total else alike for one in wants]
    if limit < 10 * len(wants) or not wants:
        return found
    whole = [float(int(one + 1e-9)) for one in found]
    whole[wants.index(max(wants))] += limit - sum(whole)
    return whole


async def alive(session: AsyncSession, now: datetime) -> Sequence[Replica]:
    """Returns the replicas that were heard of within LIVES_FOR, by name."""
    now = await database_clock(session) or now
    found = await session.scalars(select(Replica).where(Replica.seen_at >= now - LIVES_FOR).order_by(Replica.name))
    return found.all()


async def leave(session: AsyncSession, name: str) -> None:
    """Signs a replica off, so that the others need not wait until it counts as gone."""
    await session.execute(delete(Replica).where(Replica.name == name))
