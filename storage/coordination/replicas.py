"""Which processes run the bot: each says every few seconds that it lives."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, String, bindparam, case, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.dml import ReturningInsert

from storage.database import Base, UtcDateTime
from storage.dialects import database_clock, insert_for, is_postgresql
from storage.engine.fast_statements import run

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


class Share(NamedTuple):
    """What a replica wants, may use, and used until it last said so. What it is granted counts as used."""

    wants: float
    granted: float
    uses: float

    @property
    def taken(self) -> float:
        return max(self.granted, self.uses)


@cache
def _beat(*, postgres: bool) -> ReturningInsert[tuple[float]]:
    """The time is PostgreSQL's own: the clocks of the machines need not agree."""
    statement = insert_for(Replica, postgres=postgres)
    if postgres:
        statement = statement.values(seen_at=func.clock_timestamp())
    new = statement.excluded
    kept = {name: new[name] for name in ("version", "leads", "started_at", "seen_at", "wants")}
    uses = case((new.uses > Replica.granted, new.uses), else_=Replica.granted)
    changed = statement.on_conflict_do_update(index_elements=["name"], set_={**kept, "uses": uses})
    return changed.returning(Replica.granted)


@cache
def _by_name(*, postgres: bool, locked: bool = False) -> Select[Any]:
    now = func.clock_timestamp(type_=UtcDateTime()) if postgres else bindparam("now", type_=UtcDateTime())
    columns: list[Any] = [Replica.name, Replica.wants, Replica.granted, Replica.uses, Replica.seen_at, now.label("now")]
    chosen = select(*columns).order_by(Replica.name)
    return chosen.with_for_update(of=Replica) if locked else chosen


_GONE = delete(Replica).where(Replica.seen_at < bindparam("since", type_=UtcDateTime()))
_GRANTED = update(Replica).where(Replica.name == bindparam("who")).values(granted=bindparam("share"))


async def beat(
    session: AsyncSession,
    name: str,
    version: str,
    started_at: datetime,
    now: datetime,
    *,
    leads: bool,
    wants: float = 0.0,
    uses: float = 0.0,
) -> float:
    """This process lives, wants so much of the limit and used so much until now; returns what it is granted. Both count
    as used from now on."""
    here = {"name": name, "version": version, "leads": leads, "started_at": started_at, "wants": wants, "uses": uses}
    postgres = is_postgresql(session)
    when = {} if postgres else {"seen_at": now}
    return float((await run(session, _beat(postgres=postgres), {**here, **when, "granted": 0.0})).one()[0])


async def forget_gone(session: AsyncSession, now: datetime) -> None:
    """Removes those that have not been heard of for long."""
    now = await database_clock(session) or now
    await run(session, _GONE, {"since": now - LIVES_FOR})


# The limit of messages a second is one for all of them. The leader grants each a share; a process says what it uses.
# What is granted or still used, all together, never exceeds the limit.


async def are_to_change(session: AsyncSession, limit: float, now: datetime) -> bool:
    """Whether the leader would grant anybody another share than they have, or somebody is gone. It locks nothing."""
    rows = await _rows(session, _by_name(postgres=is_postgresql(session)), now)
    return any(map(_is_gone, rows)) or bool(_changes(rows, limit))


async def grant_shares(session: AsyncSession, limit: float, now: datetime) -> dict[str, float]:
    """By the leader: shares by what each wants. Returns by name those that it changed."""
    await forget_gone(session, now)
    rows = await _rows(session, _by_name(postgres=is_postgresql(session), locked=True), now)
    changes = _changes(rows, limit)
    for who, share in changes.items():
        await run(session, _GRANTED, {"who": who, "share": share})
    return changes


async def _rows(session: AsyncSession, chosen: Select[Any], now: datetime) -> Sequence[Row[Any]]:
    return (await run(session, chosen, {"now": now})).all()


def _changes(rows: Sequence[Row[Any]], limit: float) -> dict[str, float]:
    granted = new_shares([Share(row.wants, row.granted, row.uses) for row in rows], limit)
    return {row.name: share for row, share in zip(rows, granted, strict=True) if share != row.granted}


def _is_gone(row: Row[Any]) -> bool:
    return bool(row.seen_at < row.now - LIVES_FOR)


def new_shares(replicas: Sequence[Share], limit: float) -> list[float]:
    """One grows only by what nobody has or uses any more."""
    reserve = RESERVE if limit >= 10 * RESERVE and len(replicas) > 1 else 0.0
    wanted = shares([one.wants for one in replicas], limit - reserve)
    is_starved = any(one.granted < share / 2 for one, share in zip(replicas, wanted, strict=True))
    slack = 0.0 if is_starved else SLACK * limit
    kept = [
        one._replace(granted=share) if one.granted - share > slack else one
        for one, share in zip(replicas, wanted, strict=True)
    ]
    free = limit - sum(one.taken for one in kept)
    granted = []
    for one, share in zip(kept, wanted, strict=True):
        more = min(share - one.taken, free if not one.granted else free - reserve)
        granted.append(one.taken + more if more > 0 else one.granted)
        free -= max(more, 0.0)
    return granted


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
