"""What stands in a database, past the types of its columns: as somebody reads it who has stolen it."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text

from storage.database import Database
from storage.engine import sqlite_engine


async def raw_values(database: Database, table: str, column: str) -> list[Any]:
    async with database.reading() as session:
        found = await session.scalars(text(f'SELECT "{column}" FROM "{table}" ORDER BY 1'))
        return list(found)


async def places_of(database: Database, numbers: Collection[int]) -> set[str]:
    """The columns in which one of these numbers stands, and the files of SQLite."""
    await database.close()  # its connections may know the tables as they were before a migration
    async with database.engine.connect() as connection:
        found = await connection.run_sync(lambda sync: {name for name, value in _cells(sync) if _holds(value, numbers)})
    if database.is_postgresql:
        return found
    await sqlite_engine.run_apart(database.engine, "PRAGMA wal_checkpoint(TRUNCATE)")
    file = Path(database.engine.url.database or "")
    return found | await asyncio.to_thread(_files_with, file, numbers)


async def columns_with(database: Database, number: int) -> set[str]:
    """The columns in which exactly this number stands."""
    await database.close()
    async with database.engine.connect() as connection:
        return await connection.run_sync(lambda sync: {name for name, value in _cells(sync) if value == number})


def _cells(connection: Connection) -> Iterator[tuple[str, object]]:
    """Of every table that is there, whether the program knows it or not."""
    for table in inspect(connection).get_table_names():
        for row in connection.execute(text(f'SELECT * FROM "{table}"')).mappings():
            yield from ((f"{table}.{column}", value) for column, value in row.items())


def _holds(value: object, numbers: Collection[int]) -> bool:
    if isinstance(value, int):
        return value in numbers or -value in numbers
    if isinstance(value, str):
        return any(str(number) in value for number in numbers)
    return isinstance(value, bytes) and any(trace in value for number in numbers for trace in _traces(number))


def _traces(number: int) -> Iterator[bytes]:
    """As text and as bytes in either order; SQLite keeps a number in as few bytes as it needs."""
    size = (number.bit_length() + 7) // 8
    yield str(number).encode()
    yield number.to_bytes(size, "big")
    yield number.to_bytes(size, "little")


def _files_with(file: Path, numbers: Collection[int]) -> set[str]:
    files = [one for one in (file, Path(f"{file}-wal")) if one.exists()]
    return {one.name for one in files if _holds(one.read_bytes(), numbers)}
