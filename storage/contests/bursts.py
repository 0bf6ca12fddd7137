"""How many votes an entry gets in an hour, by its shared link and otherwise, and how many of new accounts: counters
without a person, so that coordinators hear of a burst. Nothing is cut; the counters are removed with the votes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sqlalchemy import BigInteger, Integer, Table, bindparam, delete, func, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.dml import ReturningInsert

from storage.contests.ids import ContestId, EntryId
from storage.database import Base
from storage.dialects import insert_for
from storage.engine.fast_statements import run

LEAST = 20
"""Votes in an hour below which nothing is a burst."""
TIMES_USUAL = 5
_COMPARED = 7 * 24
"""Hours that a burst is compared with: those of a week."""
_HOUR = timedelta(hours=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class VoteHour(Base):
    """Votes for an entry in one hour (counted from 1970), by the shared link or not."""

    __tablename__ = "contest_vote_hours"

    contest_id: Mapped[ContestId] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hour: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    entry_id: Mapped[EntryId] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    by_link: Mapped[bool] = mapped_column(primary_key=True)
    votes: Mapped[int] = mapped_column(default=1)
    by_new: Mapped[int] = mapped_column(default=0)
    """Of accounts that have not known the bot for long."""
    is_looked_at: Mapped[bool] = mapped_column(default=False)


_HOURS = cast(Table, VoteHour.__table__)


def _one_more(adding: postgresql.Insert) -> postgresql.Insert:
    more = {"votes": _HOURS.c.votes + 1, "by_new": _HOURS.c.by_new + adding.excluded.by_new}
    return adding.on_conflict_do_update(index_elements=["contest_id", "hour", "entry_id", "by_link"], set_=more)


_ADD = _one_more(insert_for(VoteHour, postgres=False))


@dataclass(frozen=True, slots=True)
class Burst:
    """Many votes in one hour, which begins at `hour`."""

    contest_id: ContestId
    entry_id: EntryId
    hour: datetime
    votes: int
    by_link: int
    by_new: int


def counting(putting: ReturningInsert[Any]) -> ReturningInsert[Any]:
    """A statement for PostgreSQL that puts a vote, and counts it if that changed anything; it gives back nothing else.
    `putting` gives back the entry, and takes the columns of the vote by their names; see `values_of`."""
    put = putting.cte("put")
    names = ("contest_id", "hour", "by_link", "votes", "by_new", "is_looked_at")
    contest, hour, *rest = [bindparam(name, type_=_HOURS.c[name].type) for name in names]
    row = select(contest, hour, put.c.entry_id, *rest)
    adding = insert_for(VoteHour, postgres=True).from_select(list(_HOURS.c), row, include_defaults=False)
    return _one_more(adding).returning(_HOURS.c.entry_id)


def values_of(now: datetime, *, by_link: bool, is_new: bool) -> dict[str, object]:
    """What `counting` needs beside the vote."""
    return {
        "hour": _hour(now),
        "by_link": by_link,
        "votes": 1,
        "by_new": int(is_new),
        "is_looked_at": False,
    }


async def count(
    session: AsyncSession, contest_id: ContestId, entry_id: EntryId, now: datetime, *, by_link: bool, is_new: bool
) -> None:
    """One vote more, on SQLite."""
    values = {"contest_id": contest_id, "entry_id": entry_id, **values_of(now, by_link=by_link, is_new=is_new)}
    await run(session, _ADD, values)


def _hour(moment: datetime) -> int:
    return int((moment - _EPOCH) / _HOUR)


async def next_ones(session: AsyncSession, now: datetime) -> Sequence[Burst]:
    """The bursts of hours that are over and have not been looked at; now they have."""
    over = (VoteHour.hour < _hour(now)) & ~VoteHour.is_looked_at
    contests = (await session.scalars(select(VoteHour.contest_id).where(over).distinct())).all()
    found = [burst for contest_id in contests for burst in await _of_contest(session, contest_id, _hour(now))]
    if contests:
        await session.execute(update(VoteHour).where(over).values(is_looked_at=True))
    return found


async def _of_contest(session: AsyncSession, contest_id: ContestId, end: int) -> list[Burst]:
    """An hour's votes for an entry are a burst if they are many times what an hour brings an entry otherwise."""
    lately = (VoteHour.contest_id == contest_id) & VoteHour.hour.between(end - _COMPARED, end - 1)
    total = await session.scalar(select(func.sum(VoteHour.votes)).where(lately)) or 0
    hours = select(VoteHour.hour, VoteHour.entry_id).where(lately).distinct().subquery()
    count = await session.scalar(select(func.count()).select_from(hours)) or 0
    fresh: dict[tuple[int, EntryId], Burst] = {}
    for row in await session.scalars(select(VoteHour).where(lately, ~VoteHour.is_looked_at)):
        so_far = fresh.get((row.hour, row.entry_id), Burst(contest_id, row.entry_id, _hour_at(row.hour), 0, 0, 0))
        fresh[row.hour, row.entry_id] = replace(
            so_far,
            votes=so_far.votes + row.votes,
            by_link=so_far.by_link + row.votes * row.by_link,
            by_new=so_far.by_new + row.by_new,
        )
    found = [fresh[key] for key in sorted(fresh)]
    return [one for one in found if _is_burst(one.votes, total - one.votes, count - 1)]


def _hour_at(number: int) -> datetime:
    return _EPOCH + number * _HOUR


def _is_burst(votes: int, others: int, hours: int) -> bool:
    """Against the mean of all other hours; against one vote where there are none."""
    return votes >= LEAST and votes >= TIMES_USUAL * (others / hours if hours else 1)


async def next_hour(session: AsyncSession) -> datetime | None:
    """When the next hour with votes is over."""
    first = await session.scalar(select(VoteHour.hour).where(~VoteHour.is_looked_at).order_by(VoteHour.hour).limit(1))
    return None if first is None else _EPOCH + (first + 1) * _HOUR


async def forget(session: AsyncSession, contest_id: ContestId) -> None:
    await session.execute(delete(VoteHour).where(VoteHour.contest_id == contest_id))


TABLES = frozenset({VoteHour.__tablename__})
