"""Which updates have taken effect, and what was still to be answered to them.

The row is written in the transaction of the effect. An update that Telegram hands over again finds its row: the effect
is not repeated, but answers that had not gone out yet are sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple, cast

from sqlalchemy import Table, any_, bindparam, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.dml import ReturningInsert

from storage import pseudonym_columns
from storage.column_types import Sealed
from storage.database import Base, vault_of
from storage.dialects import insert_for, is_postgresql
from storage.engine import write_detection
from storage.engine.fast_statements import run
from storage.privacy.retention import forget_some
from storage.pseudonym_columns import Pseudonym, array_parameter
from storage.updates.ids import UpdateKey

KEPT = timedelta(hours=48)
"""Telegram hands an update over for 24 h; twice that is surely enough."""


class DoneUpdate(Base):
    __tablename__ = "updates"

    key: Mapped[UpdateKey] = mapped_column(Pseudonym, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(index=True)
    answers: Mapped[bytes | None] = mapped_column(Sealed, default=None)
    due: Mapped[datetime | None] = mapped_column(default=None, index=True)


_TABLE = cast(Table, DoneUpdate.__table__)
_KEYS = _TABLE.c.key.in_(bindparam("keys", expanding=True))
_DONE = select(_TABLE.c.key, _TABLE.c.answers, _TABLE.c.due).where(_KEYS)
_UNANSWERED = (
    select(_TABLE.c.key)
    .where(_TABLE.c.due <= bindparam("now", type_=_TABLE.c.due.type), _TABLE.c.answers.is_not(None))
    .limit(1)
)
_ANSWERED = _TABLE.update().where(_KEYS).values(answers=None, due=None)
_ANSWERED_OF_ARRAY = _TABLE.update().where(_TABLE.c.key == any_(array_parameter("keys"))).values(answers=None, due=None)
"""The same on PostgreSQL, which reads and plans the text for each number of keys again where they stand in it."""


_INSERT = f"INSERT INTO {_TABLE.name} (key, at, answers, due)"


class Done(NamedTuple):
    """An update that has had its effect, the answers to it that have not gone out, and when they are due."""

    answers: bytes | None = None
    due: datetime | None = None


class Unanswered(NamedTuple):
    key: UpdateKey
    answers: bytes


class Kept(NamedTuple):
    """What is still to be answered to an update, and when."""

    key: UpdateKey
    answers: bytes
    due: datetime


@cache
def _mark(*, postgres: bool) -> ReturningInsert[UpdateKey]:
    return insert_for(DoneUpdate, postgres=postgres).on_conflict_do_nothing().returning(_TABLE.c.key)


@cache
def _keep(*, postgres: bool) -> postgresql.Insert:
    keeping = insert_for(DoneUpdate, postgres=postgres)
    kept = {"answers": keeping.excluded.answers, "due": keeping.excluded.due}
    return keeping.on_conflict_do_update(index_elements=[_TABLE.c.key], set_=kept)


async def mark_done(
    session: AsyncSession, key: UpdateKey, now: datetime, answers: bytes | None = None, due: datetime | None = None
) -> bool:
    """Writes the update's row; False if it was there before.

    What is to be answered is kept with it, encrypted, until `answered`; from `due` on, whoever looks may send it.
    """
    sealed = None if answers is None else vault_of(session).seal(answers, "updates.answers", key)
    row = {"key": key, "at": now, "answers": sealed, "due": due}
    return (await run(session, _mark(postgres=is_postgresql(session)), row)).scalar() is not None


async def mark_last(session: AsyncSession, marks: Sequence[Kept], now: datetime) -> bool:
    """The same for all updates of a transaction, at its end; False if one of them was there before. On PostgreSQL it
    goes with the COMMIT, which fails then."""
    if not is_postgresql(session) or not await _mark_with_commit(session, marks, now):
        for one in marks:
            if not await mark_done(session, one.key, now, one.answers, one.due):
                return False
    return True


async def _mark_with_commit(session: AsyncSession, marks: Sequence[Kept], now: datetime) -> bool:
    """False if there is no transaction to be committed."""
    from storage.engine import postgresql_driver

    connection, vault = await session.connection(), vault_of(session)
    pseudonyms = pseudonym_columns.known(connection.dialect)
    rows = list[str]()
    for one in marks:
        sealed = vault.seal(one.answers, "updates.answers", one.key)
        values: tuple[int | datetime | bytes | None, ...] = (pseudonyms.encrypt(one.key), now, sealed, one.due)
        rows.append(f"({', '.join(map(postgresql_driver.literal, values))})")
    if not postgresql_driver.of(connection).commit_with(f"{_INSERT} VALUES {', '.join(rows)}"):
        return False
    write_detection.note(connection.info, _INSERT, len(rows))
    return True


async def keep_answers(session: AsyncSession, kept: Sequence[Kept], now: datetime) -> None:
    """Marks these updates, and keeps what is still to be answered to them."""
    vault = vault_of(session)
    rows = [
        {"key": one.key, "at": now, "answers": vault.seal(one.answers, "updates.answers", one.key), "due": one.due}
        for one in kept
    ]
    await run(session, _keep(postgres=is_postgresql(session)), rows)


async def done(session: AsyncSession, keys: Sequence[UpdateKey]) -> list[Done | None]:
    """What is known of each of these updates, in the order asked; None for one that has had no effect yet."""
    rows = await run(session, _DONE, {"keys": list(keys)})
    found = {key: opened(session, key, sealed, due) for key, sealed, due in rows}
    return [found.get(key) for key in keys]


def opened(session: AsyncSession, key: UpdateKey, sealed: bytes | None, due: datetime | None) -> Done:
    """What the columns of an update say."""
    return Done(None if sealed is None else vault_of(session).open(sealed, "updates.answers", key), due)


async def any_unanswered(session: AsyncSession, now: datetime) -> bool:
    """Whether answers are due; only reads."""
    return (await run(session, _UNANSWERED, {"now": now})).first() is not None


async def claim_unanswered(session: AsyncSession, now: datetime, lease: timedelta, limit: int) -> list[Unanswered]:
    """Takes due answers for this process until now + lease; then another may."""
    rows = await session.execute(
        select(DoneUpdate.key, DoneUpdate.answers)
        .where(DoneUpdate.due <= now, DoneUpdate.answers.is_not(None))
        .order_by(DoneUpdate.due, DoneUpdate.key)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    claimed = [
        Unanswered(key, vault_of(session).open(sealed, "updates.answers", key))
        for key, sealed in rows
        if sealed is not None
    ]
    if claimed:
        keys = [row.key for row in claimed]
        await session.execute(update(DoneUpdate).where(DoneUpdate.key.in_(keys)).values(due=now + lease))
    return claimed


async def renew(session: AsyncSession, keys: Sequence[UpdateKey], old: datetime, new: datetime) -> set[UpdateKey]:
    """Moves the time when these answers are due; returns those that still had the old one, and are still unsent."""
    renewed = await session.scalars(
        update(DoneUpdate)
        .where(DoneUpdate.key.in_(keys), DoneUpdate.due == old, DoneUpdate.answers.is_not(None))
        .values(due=new)
        .returning(DoneUpdate.key)
    )
    return set(renewed)


async def answered(session: AsyncSession, keys: Sequence[UpdateKey]) -> None:
    """These updates' answers have gone out."""
    await run(session, _ANSWERED_OF_ARRAY if is_postgresql(session) else _ANSWERED, {"keys": list(keys)})


async def forget(session: AsyncSession, now: datetime) -> bool:
    """Drops some of the rows that Telegram can no longer hand over; True if there may be more."""
    return await forget_some(session, DoneUpdate, (DoneUpdate.at < now - KEPT) & DoneUpdate.answers.is_(None))
