"""All rows of one database copied into another, of the same kind or not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any, cast

from sqlalchemy import Row, Table, delete, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from storage import pseudonym_columns, schema
from storage.audit import AuditHead
from storage.column_types import beyond
from storage.database import vault_of
from storage.dialects import is_postgresql
from storage.keys import PseudonymKey

FILLED = (cast(Table, PseudonymKey.__table__), cast(Table, AuditHead.__table__))
"""The tables that are never empty: the migrations fill them."""
_ROWS = 1_000
_ROWS_OF = {"evidence_pieces": 16}
"""Rows that are read and written at once; a piece of evidence may have a megabyte."""


async def see_one_moment(session: AsyncSession) -> None:
    """What others commit from now on is not seen (PostgreSQL; SQLite's writer is alone)."""
    await session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))


async def count_all(session: AsyncSession) -> dict[str, int]:
    """How many rows each table has."""
    tables = schema.own_tables()
    return {one.name: await session.scalar(select(func.count()).select_from(one)) or 0 for one in tables}


async def adopt_filled(source: AsyncSession, target: AsyncSession) -> None:
    """Gives the target what the migrations made for the source, in place of its own: with the same key of pseudonyms,
    what is copied then stays as it is."""
    for table in FILLED:
        await target.execute(delete(table))
        await copy_table(source, target, table)
    connection = target.info["connection"]
    assert isinstance(connection, AsyncConnection)
    await pseudonym_columns.load(connection, vault_of(target))


async def copy_table(source: AsyncSession, target: AsyncSession, table: Table) -> None:
    """Copies a table into an empty one of the same columns, a piece at a time, in the order of its primary key."""
    async for rows in _pieces(source, table):
        await target.execute(insert(table), [dict(row._mapping) for row in rows])
    if is_postgresql(target):
        await _count_on(target, table)


async def _pieces(session: AsyncSession, table: Table) -> AsyncIterator[Sequence[Row[Any]]]:
    key = list(table.primary_key.columns)
    chosen = select(table).order_by(*key).limit(_ROWS_OF.get(table.name, _ROWS))
    rows = (await session.execute(chosen)).all()
    while rows:
        yield rows
        last = [rows[-1]._mapping[column.name] for column in key]
        rows = (await session.execute(chosen.where(beyond(key, last)))).all()


async def _count_on(session: AsyncSession, table: Table) -> None:
    """Lets PostgreSQL number the next row after the last one that came with its own number."""
    column = table.autoincrement_column
    if column is None:
        return
    sequence = await session.scalar(
        text("SELECT pg_get_serial_sequence(:table, :column)"), {"table": table.name, "column": column.name}
    )
    last = await session.scalar(select(func.max(column)))
    if sequence is not None and last is not None:
        await session.execute(text("SELECT setval(:sequence, :last)"), {"sequence": sequence, "last": last})
