"""Encryption keys in use: are they the right ones, and re-encrypting everything with the newest.

Every sealed column of the schema is found by its type (`Sealed`), so none can be forgotten.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from enum import Enum
from typing import Any, NamedTuple, cast

from sqlalchemy import Column, LargeBinary, Table, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.column_types import beyond
from storage.coordination import change_counters
from storage.database import Base, Database, Sealed, insert_into, vault_of
from storage.encryption import CannotDecrypt, Vault, WrongKey

VERSION = "keys"
"""Raised when a key was added, so that running programs read their keys again."""
BATCH = 200
_ONE = 1
_WORDS = b"nuanxin, roles and cases are sealed"
_WORDS_WITHOUT_CASES = b"nuanxin, roles are sealed"
_WORDS_OF_0_7 = b"nuanxin"

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


class Found(Enum):
    """What the check row says of a database."""

    NEW = "new"
    OF_0_7 = "of 0.7"
    """Its roles and cases are still to be sealed: this is said once."""
    WITHOUT_CASES = "without cases"
    """Its cases are still to be sealed: this is said once."""
    KNOWN = "known"


async def check(session: AsyncSession) -> Found:
    """Seals the check row in a new database; in an old one, opens it.

    Raises:
        WrongKey: see the class. Nothing was written.
    """
    words = await _words(session)
    if words is None:
        # Of replicas that start together on a new database, one seals it, and the others open what it sealed.
        sealed = vault_of(session).seal(_WORDS, "key_checks.sealed", _ONE)
        await session.execute(insert_into(session, KeyCheck).values(id=_ONE, sealed=sealed).on_conflict_do_nothing())
        await _words(session)
        return Found.NEW
    if words == _WORDS:
        return Found.KNOWN
    row = await session.get_one(KeyCheck, _ONE)
    row.sealed = vault_of(session).seal(_WORDS, "key_checks.sealed", _ONE)
    return Found.OF_0_7 if words == _WORDS_OF_0_7 else Found.WITHOUT_CASES


async def verify(session: AsyncSession) -> bool:
    """Whether there is a check row and our keys open it; only reads. Without the row, all columns are looked at.

    Raises:
        WrongKey: see the class.
    """
    return await _words(session) is not None


async def _words(session: AsyncSession) -> bytes | None:
    """What the check row holds; None if there is none, and our keys open everything else."""
    row = await session.get(KeyCheck, _ONE, populate_existing=True)
    if row is None:
        await _check_all(session)
        return None
    try:
        return vault_of(session).open(row.sealed, "key_checks.sealed", _ONE)
    except CannotDecrypt:
        raise WrongKey(row.sealed) from None


async def _check_all(session: AsyncSession) -> None:
    """A database from before the check row: no column may hold what none of our keys has sealed."""
    vault = vault_of(session)
    for one in sealed_columns():
        start = func.substr(cast(Any, one.column), 1, 4, type_=LargeBinary())
        strange = await session.scalar(select(one.column).where(start.not_in(vault.key_ids)).limit(1))
        if strange is not None:
            raise WrongKey(strange)


class Column_(NamedTuple):  # noqa: N801 (Column is SQLAlchemy's)
    """A sealed column, with the primary key that its values are bound to: of several columns, joined by "/"."""

    table: Table
    column: Column[Any]
    keys: tuple[Column[Any], ...]

    @property
    def name(self) -> str:
        return f"{self.table.name}.{self.column.name}"


def sealed_columns() -> list[Column_]:
    """All of the schema."""
    return [
        Column_(table, column, tuple(table.primary_key.columns))
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Sealed)
    ]


async def count_old(session: AsyncSession) -> int:
    """How many values are not sealed with the first key."""
    counted = 0
    for one in sealed_columns():
        found = await session.scalar(select(func.count()).select_from(one.table).where(_is_old(session, one)))
        counted += found or 0
    return counted


def _is_old(session: AsyncSession, one: Column_) -> Any:
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


async def _rotate_batch(session: AsyncSession, one: Column_, after: Any) -> tuple[int, Any]:
    """The next values of a column, and the key of the last."""
    vault = vault_of(session)
    chosen = select(*one.keys, one.column).where(_is_old(session, one)).order_by(*one.keys).limit(BATCH)
    if after is not None:
        chosen = chosen.where(beyond(one.keys, after))
    rows = (await session.execute(chosen.with_for_update())).all()
    reindex = REINDEXED.get(one.name)
    for *key, sealed in rows:
        bound = key[0] if len(key) == 1 else "/".join(map(str, key))
        plain = vault.open(sealed, one.name, bound)
        changed: dict[str, Any] = {one.column.name: vault.seal(plain, one.name, bound)}
        if reindex is not None:
            changed.update(reindex(vault, plain))
        same = [column == value for column, value in zip(one.keys, key, strict=True)]
        await session.execute(one.table.update().where(*same).values(changed))
    return len(rows), rows[-1][:-1] if rows else None
