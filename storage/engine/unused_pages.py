"""What the files of a database hold beside its rows: earlier versions of them, until their place is used again."""

from __future__ import annotations

from sqlalchemy import select, text, update

from storage import pseudonym_columns
from storage.database import Base, Database
from storage.engine import sqlite_engine
from storage.keys import PseudonymKey
from storage.pseudonym_columns import Pseudonym


async def erase(database: Database) -> None:
    """Writes the tables again that held numbers before they held pseudonyms; done once, as soon as it has succeeded.

    It needs as much room on the disk as the tables have.
    """
    async with database.reading() as session:
        if pseudonym_columns.found(database.engine.dialect) is None:
            return  # the schema is an older one
        if not await session.scalar(select(PseudonymKey.remains)):
            return
    if database.is_postgresql:
        await _vacuum_postgresql(database)
    else:
        await sqlite_engine.run_apart(database.engine, "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)")
    async with database.writing() as session:
        await session.execute(update(PseudonymKey).values(remains=False))


async def _vacuum_postgresql(database: Database) -> None:
    names = [
        table.name
        for table in Base.metadata.sorted_tables
        if any(isinstance(column.type, Pseudonym) for column in table.columns)
    ]
    async with database.connected() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text(f"VACUUM (FULL) {', '.join(names)}"))
