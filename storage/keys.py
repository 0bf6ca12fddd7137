"""Encryption keys in use: are they the right ones, and re-encrypting everything with the newest.

Every sealed column of the schema is found by its type (`Sealed`), so none can be forgotten.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Any, cast

from sqlalchemy import LargeBinary, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.column_types import Sealed, beyond
from storage.coordination import change_counters
from storage.database import Base, Database, vault_of
from storage.dialects import insert_into
from storage.encryption import CannotDecrypt, Vault, WrongKey
from storage.sealed_columns import SealedColumn, identity, sealed_columns

VERSION = "keys"
"""Raised when a key was added, so that running programs read their keys again."""
BATCH = 200
_ONE = 1
_WORDS = b"nuanxin, roles and cases are sealed"
"""Until 0014 other words said that the next start had to seal them. That is the migration's work (0015)."""

Reindex = Callable[[Vault, bytes], Mapping[str, bytes | None]]
"""From the plain value of a sealed column to the blind indexes beside it."""
REINDEXED: dict[str, Reindex] = {}
"""By "table.column". A feature with blind indexes adds its own."""


class KeyCheck(Base):
    """One row, sealed: whoever opens it has the right keys."""

    __tablename__ = "key_checks"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed: Mapped[bytes] = mapped_column(Sealed)


class PseudonymKey(Base):
    """One row, made by the migration: the key of the pseudonyms, sealed. It never changes.

    `remains`: what the database no longer uses of its files may still hold numbers that stood there before.
    """

    __tablename__ = "pseudonym_keys"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed: Mapped[bytes] = mapped_column(Sealed)
    remains: Mapped[bool]


async def check(session: AsyncSession) -> None:
    """Opens the check row; seals it in a database without one.

    Nothing else follows from this row, neither from its words nor from its absence: whoever can write to the database
    can put an old one back, or delete it.

    Raises:
        WrongKey: see the class. Nothing was written.
    """
    if not await verify(session):
        # Of replicas that start together on a new database, one seals it, and the others open what it sealed.
        sealed = vault_of(session).seal(_WORDS, "key_checks.sealed", _ONE)
        await session.execute(insert_into(session, KeyCheck).values(id=_ONE, sealed=sealed).on_conflict_do_nothing())
        await verify(session)


async def verify(session: AsyncSession) -> bool:
    """Whether there is a check row and our keys open it; only reads. Without the row, all columns are looked at.

    Raises:
        WrongKey: see the class.
    """
    row = await session.get(KeyCheck, _ONE, populate_existing=True)
    if row is None:
        await _check_all(session)
        return False
    try:
        vault_of(session).open(row.sealed, "key_checks.sealed", _ONE)
    except CannotDecrypt:
        raise WrongKey(row.sealed) from None
    return True


async def _check_all(session: AsyncSession) -> None:
    """A database from before the check row: no column may hold what none of our keys has sealed."""
    vault = vault_of(session)
    for one in sealed_columns():
        start = func.substr(cast(Any, one.column), 1, 4, type_=LargeBinary())
        strange = await session.scalar(select(one.column).where(start.not_in(vault.key_ids)).limit(1))
        if strange is not None:
            raise WrongKey(strange)


async def count_old(session: AsyncSession) -> int:
    """How many values are not sealed with the first key."""
    counted = 0
    for one in sealed_columns():
        found = await session.scalar(select(func.count()).select_from(one.table).where(_is_old(session, one)))
        counted += found or 0
    return counted


def _is_old(session: AsyncSession, one: SealedColumn) -> Any:
    return func.substr(cast(Any, one.column), 1, 4, type_=LargeBinary()) != vault_of(session).current


async def announce(database: Database) -> None:
    """Tells running programs to read their keys again."""
    async with database.writing() as session:
        await change_counters.raise_version(session, VERSION)


async def rotate(database: Database) -> AsyncGenerator[int, None]:
    """Re-encrypts what is not sealed with the first key, a batch a transaction; yields the size of each.

    It may be interrupted at any point, and goes on where it was. A running bot is held up for a batch at most.
    """
    for one in sealed_columns():
        after: Any = None
        while True:
            async with database.writing() as session:
                done, after = await _rotate_batch(session, one, after)
            if not done:
                break
            yield done


async def _rotate_batch(session: AsyncSession, one: SealedColumn, after: Any) -> tuple[int, Any]:
    """The next values of a column, and the key of the last."""
    vault = vault_of(session)
    chosen = select(*one.keys, *one.bound_to, one.column).where(_is_old(session, one)).order_by(*one.keys).limit(BATCH)
    if after is not None:
        chosen = chosen.where(beyond(one.keys, after))
    rows = (await session.execute(chosen.with_for_update())).all()
    reindex = REINDEXED.get(one.name)
    for *bound_to, sealed in rows:
        bound = identity(*bound_to)
        plain = vault.open(sealed, one.name, bound)
        changed: dict[str, Any] = {one.column.name: vault.seal(plain, one.name, bound)}
        if reindex is not None:
            changed.update(reindex(vault, plain))
        same = [column == value for column, value in zip(one.keys, bound_to, strict=False)]
        await session.execute(one.table.update().where(*same).values(changed))
    return len(rows), rows[-1][: len(one.keys)] if rows else None
