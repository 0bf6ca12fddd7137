"""Columns that hold a pseudonym of a number, and how they come by the key: it belongs to the database, not the program.

The key is kept in the database, sealed with the keys of the vault (`storage.keys.PseudonymKey`). `Database` loads it in
the first transaction; it is then an attribute of the engine's dialect, which SQLAlchemy hands to every conversion.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Dialect,
    LargeBinary,
    Text,
    TypeDecorator,
    bindparam,
    cast,
    column,
    select,
    table,
    text,
    type_coerce,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import QueryableAttribute

from storage.encryption import CannotDecrypt, Vault, WrongKey
from storage.pseudonyms import Pseudonyms, pseudonyms_of
from storage.telegram_ids import PersonId

TABLE, ROW = "pseudonym_keys", 1
SEALED = f"{TABLE}.sealed"
"""The column that the key is sealed for."""

_ATTRIBUTE = "nuanxin_pseudonyms"
_KEY = select(column("sealed", LargeBinary)).select_from(table(TABLE))
_EXISTS = {
    "sqlite": text(f"SELECT name FROM sqlite_master WHERE name = '{TABLE}'"),  # noqa: S608 (a constant)
    "postgresql": text(f"SELECT to_regclass('{TABLE}')"),
}


class NoPseudonyms(Exception):
    """The schema has no key yet, or a connection was used past `Database`, which would have loaded it."""


class Pseudonym(TypeDecorator[int]):
    """A Telegram number in Python, a pseudonym in the database: equal where the number is, but in no order that means
    anything."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:
        return None if value is None else known(dialect).encrypt(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> int | None:
        return None if value is None else known(dialect).decrypt(value)


class _Texts(TypeDecorator[Sequence[Any]]):
    impl = ARRAY(Text)
    cache_ok = True

    def process_bind_param(self, value: Sequence[Any] | None, dialect: Dialect) -> list[str]:
        return [str(known(dialect).encrypt(number)) for number in value or ()]


def array_parameter(name: str) -> ColumnElement[Sequence[int]]:
    """Several numbers in one parameter, whose statement is the same for any number of them; on PostgreSQL.

    They travel as texts, since of any other array asyncpg asks the server on each connection what it is made of, which
    takes 20 ms.
    """
    return cast(bindparam(name, type_=_Texts()), ARRAY(BigInteger))


def as_held(column: QueryableAttribute[Any]) -> ColumnElement[int]:
    """The pseudonyms that a column of people holds, to be read many at once by `people_of`."""
    return type_coerce(column, BigInteger)


def people_of(session: AsyncSession, held: Sequence[int]) -> list[PersonId]:
    """Whose pseudonyms these are."""
    return [PersonId(number) for number in known(session.get_bind().dialect).decrypt_all(held)]


def found(dialect: Dialect) -> Pseudonyms | None:
    """The pseudonyms of the database that this dialect belongs to; None before they are loaded."""
    pseudonyms: Pseudonyms | None = getattr(dialect, _ATTRIBUTE, None)
    return pseudonyms


def known(dialect: Dialect) -> Pseudonyms:
    """The same. Raises NoPseudonyms."""
    pseudonyms = found(dialect)
    if pseudonyms is None:
        raise NoPseudonyms
    return pseudonyms


def forget(dialect: Dialect) -> None:
    """The key in the database may be another one from now on."""
    setattr(dialect, _ATTRIBUTE, None)


async def load(connection: AsyncConnection, vault: Vault) -> None:
    """Reads the key; does nothing where the schema is too old to have one.

    Raises:
        WrongKey: the key was sealed with other keys than these.
    """
    if await connection.scalar(_EXISTS[connection.dialect.name]) is None:
        return
    sealed = await connection.scalar(_KEY)
    assert isinstance(sealed, bytes)
    try:
        key = vault.open(sealed, SEALED, ROW)
    except CannotDecrypt:
        raise WrongKey(sealed) from None
    setattr(connection.dialect, _ATTRIBUTE, pseudonyms_of(key))
