"""The public's votes: one a category, or one a day, as the contest says; the last one counts.

A vote stands under an alias, a digest of the person with the contest's secret, and without a time. When the vote is
over the votes are counted, and secret and votes are thrown away: then nobody can tell whose a vote was.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Index,
    Integer,
    LargeBinary,
    Table,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.dml import ReturningInsert

from storage import sealed_columns
from storage.contests import bursts, contests, entries
from storage.contests.contests import Contest, ContestClosed, ContestPhase, Phase, Settings, Slot, Voters
from storage.contests.entries import Entry, EntryState, NoSuchEntry
from storage.contests.ids import ContestId, EntryId
from storage.contests.teams import Left, Member
from storage.database import Base, vault_of
from storage.dialects import insert_for, is_postgresql
from storage.engine.fast_statements import Row, run
from storage.people.people import PersonRow, day_of
from storage.phases import State
from storage.refusals import Refused
from storage.telegram_ids import PersonId

_ALIAS_BYTES = 16
FORGOTTEN_AT_ONCE = 2_000
"""Votes: some 20 ms, in which nobody else can write on SQLite."""
NEW_FOR = timedelta(days=30)
"""So long after it first wrote to the bot, an account counts as new where bursts are reported."""


class MayNotVote(Refused):
    """The contest's votes are those of other people: of members, or of whoever was here before it was announced."""


class OwnEntry(Refused):
    """Nobody votes for their own entry, or for one of a team that they are or were in."""


@dataclass(frozen=True, slots=True)
class Voted:
    """How a vote came: from a member or not, on which day where the organisation is, and by a shared link or not."""

    is_member: bool
    today: date
    by_link: bool = False


class Vote(Base):
    __tablename__ = "contest_votes"
    __table_args__ = (
        Index("ix_contest_votes_entry_id", "contest_id", "entry_id"),
        {"sqlite_with_rowid": False},  # in no order of time
    )

    contest_id: Mapped[ContestId] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    slot: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    """The category, or the day (counted from the year 1)."""
    alias: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    entry_id: Mapped[EntryId] = mapped_column(BigInteger)


def _table(kind: type[Base]) -> Table:
    table = kind.__table__
    assert isinstance(table, Table)
    return table


_VOTES, _ENTRIES, _CONTESTS = _table(Vote), _table(Entry), _table(Contest)


def _among(people: type[Member | Left]) -> ColumnElement[bool]:
    """Whether this person is, or was, in the team whose entry it is."""
    table = _table(people)
    return exists().where(table.c.team_id == _ENTRIES.c.team_id, table.c.person_id == bindparam("person"))


_PHASES, _PEOPLE = _table(ContestPhase), _table(PersonRow)
_STANDING = (
    select(
        _ENTRIES.c.contest_id,
        _ENTRIES.c.category,
        _ENTRIES.c.state.label("entry_state"),
        _ENTRIES.c.person_id.label("entrant"),
        or_(_among(Member), _among(Left)).label("is_teammate"),
        _CONTESTS.c.settings,
        _CONTESTS.c.state,
        _CONTESTS.c.phase,
        _CONTESTS.c.secret,
        _CONTESTS.c.announced_at,
        _PHASES.c.until,
        _PEOPLE.c.first_seen,
    )
    .select_from(
        _ENTRIES.join(_CONTESTS, _CONTESTS.c.id == _ENTRIES.c.contest_id)
        .outerjoin(_PHASES, (_PHASES.c.contest_id == _CONTESTS.c.id) & (_PHASES.c.phase == Phase.VOTE))
        .outerjoin(_PEOPLE, _PEOPLE.c.id == bindparam("person"))
    )
    .where(_ENTRIES.c.id == bindparam("entry"))
)
"""All that decides whether somebody may vote for an entry."""
_STANDING_HELD = _STANDING.with_for_update(read=True, key_share=True, of=_CONTESTS)


def _put(*, postgres: bool) -> ReturningInsert[Any]:
    """Puts a vote, or moves it; gives back nothing where it stands there already."""
    insert = insert_for(Vote, postgres=postgres)
    return insert.on_conflict_do_update(
        index_elements=["contest_id", "slot", "alias"],
        set_={"entry_id": insert.excluded.entry_id},
        where=_VOTES.c.entry_id != insert.excluded.entry_id,
    ).returning(_VOTES.c.entry_id)


_PUT = {postgres: _put(postgres=postgres) for postgres in (False, True)}
_PUT_AND_COUNT = bursts.counting(
    _PUT[True].values({column.name: bindparam(column.name, type_=column.type) for column in _VOTES.c})
)
"""Both in one round trip."""


def require_may_vote(
    settings: Settings, announced_at: datetime | None, first_seen: datetime | None, *, is_member: bool
) -> None:
    """Raises MayNotVote: see the class. `first_seen` is a day, at its midnight; None: they are new."""
    if settings.voters is Voters.MEMBERS:
        if not is_member:
            raise MayNotVote
    elif announced_at is None or first_seen is None or first_seen >= day_of(announced_at):
        raise MayNotVote


def alias_of(secret: bytes, person_id: PersonId) -> bytes:
    """Under which this person votes in the contest of that secret."""
    return hmac.digest(secret, str(person_id).encode(), hashlib.sha256)[:_ALIAS_BYTES]


def slot_of(settings: Settings, category: int, today: date) -> int:
    return category if settings.slot is Slot.CATEGORY else today.toordinal()


async def may_vote(session: AsyncSession, contest: Contest, person_id: PersonId, *, is_member: bool) -> bool:
    """Whether this person is one of those who vote in the contest."""
    row = await session.get(PersonRow, person_id)
    first_seen = None if row is None else row.first_seen
    try:
        require_may_vote(contests.settings_of(contest), contest.started_at, first_seen, is_member=is_member)
    except MayNotVote:
        return False
    return True


async def refusal(
    session: AsyncSession, entry_id: EntryId, person_id: PersonId, now: datetime, *, is_member: bool
) -> type[Refused] | None:
    """What this person would be told if they voted for the entry now; None: they may."""
    standing = (await run(session, _STANDING, {"entry": entry_id, "person": person_id})).first()
    try:
        _require(standing, person_id, now, is_member=is_member)
    except Refused as no:
        return type(no)
    return None


async def vote(session: AsyncSession, entry_id: EntryId, person_id: PersonId, voted: Voted, now: datetime) -> bool:
    """Puts this person's vote on the entry, in place of the one that they gave in this slot. True if that changed
    anything.

    The contest stays in its phase until this transaction is over: it is not closed before this vote is in.

    Raises:
        NoSuchEntry, ContestClosed, OwnEntry, MayNotVote: see the classes.
    """
    found = (await run(session, _STANDING_HELD, {"entry": entry_id, "person": person_id})).first()
    standing, settings = _require(found, person_id, now, is_member=voted.is_member)
    contest_id = standing.contest_id
    secret = vault_of(session).open(standing.secret, "contests.secret", sealed_columns.identity(contest_id))
    slot = slot_of(settings, standing.category, voted.today)
    values = {"contest_id": contest_id, "slot": slot, "alias": alias_of(secret, person_id), "entry_id": entry_id}
    is_new = standing.first_seen is None or standing.first_seen > now - NEW_FOR
    if is_postgresql(session):
        counted = {**values, **bursts.values_of(now, by_link=voted.by_link, is_new=is_new)}
        return (await run(session, _PUT_AND_COUNT, counted)).first() is not None
    has_changed = (await run(session, _PUT[False], values)).first() is not None
    if has_changed:
        await bursts.count(session, contest_id, entry_id, now, by_link=voted.by_link, is_new=is_new)
    return has_changed


def _require(standing: Row | None, person_id: PersonId, now: datetime, *, is_member: bool) -> tuple[Row, Settings]:
    """What was found, and the contest's settings. Raises as `vote` does."""
    if standing is None or standing.entry_state is EntryState.WITHDRAWN:
        raise NoSuchEntry
    _require_open(standing, now)
    if standing.entry_state is not EntryState.SHOWN:
        raise NoSuchEntry
    if standing.entrant == person_id or standing.is_teammate:
        raise OwnEntry
    settings = contests.read_settings(standing.settings)
    require_may_vote(settings, standing.announced_at, standing.first_seen, is_member=is_member)
    return standing, settings


def _require_open(standing: Row, now: datetime) -> None:
    """Raises ContestClosed: see the class."""
    if standing.phase is not Phase.VOTE or standing.state is not State.RUNNING:
        raise ContestClosed
    if standing.until is not None and standing.until <= now:
        raise ContestClosed


async def count(session: AsyncSession, contest_id: ContestId) -> dict[EntryId, int]:
    """The votes of each entry that has any."""
    rows = await session.execute(
        select(Vote.entry_id, func.count()).where(Vote.contest_id == contest_id).group_by(Vote.entry_id)
    )
    return {entry_id: votes for entry_id, votes in rows}  # noqa: C416 (a Row is no pair to mypy)


async def close(session: AsyncSession, contest: Contest) -> None:
    """Counts the votes for good, and throws the secret away. The votes themselves go by `forget_some`."""
    counted = await count(session, contest.id)
    for row in await entries.published(session, contest.id):
        row.votes = counted.get(row.id, 0)
    contest.secret = None
    await bursts.forget(session, contest.id)


async def forget_some(session: AsyncSession) -> bool:
    """Removes some of the votes of contests whose vote is over; True if there may be more."""
    over = select(Contest.id).where(Contest.secret.is_(None))
    some = select(Vote.contest_id, Vote.slot, Vote.alias).where(Vote.contest_id.in_(over))
    ordered = some.order_by(Vote.contest_id, Vote.slot, Vote.alias).limit(FORGOTTEN_AT_ONCE)
    found = (await session.execute(ordered)).all()
    for (contest_id, slot), rows in groupby(found, key=lambda row: (row.contest_id, row.slot)):
        aliases = [row.alias for row in rows]
        of_slot = (Vote.contest_id == contest_id) & (Vote.slot == slot)
        await session.execute(delete(Vote).where(of_slot, Vote.alias.between(aliases[0], aliases[-1])))
    return len(found) == FORGOTTEN_AT_ONCE


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    """The votes of this person in contests whose vote is not over."""
    for contest in (await session.scalars(select(Contest).where(Contest.secret.is_not(None)))).all():
        secret = sealed_columns.opened(session, contest, Contest.secret)
        alias = alias_of(secret, person_id)
        await session.execute(delete(Vote).where(Vote.contest_id == contest.id, Vote.alias == alias))


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[dict[str, object]]:
    """The votes of this person in contests whose vote is not over."""
    found: list[dict[str, object]] = []
    for contest in (await session.scalars(select(Contest).where(Contest.secret.is_not(None)))).all():
        alias = alias_of(sealed_columns.opened(session, contest, Contest.secret), person_id)
        voted = await session.scalars(
            select(Vote.entry_id).where(Vote.contest_id == contest.id, Vote.alias == alias).order_by(Vote.slot)
        )
        found += [{"contest": contest.id, "entry": entry_id} for entry_id in voted]
    return found
