"""Whether the database has what the newest migration leads to. Its own word for it (`alembic_version`) may be wrong."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage import schema
from storage.dialects import is_postgresql


class SchemaDiffers(Exception):
    """The database says that it has the newest schema, but lacks some of it."""


_COLUMNS = {
    "sqlite": "SELECT t.name, c.name FROM sqlite_master AS t, pragma_table_info(t.name) AS c WHERE t.type = 'table'",
    "postgresql": "SELECT relname, attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid"
    " JOIN pg_namespace ON pg_namespace.oid = relnamespace"
    " WHERE relkind = 'r' AND attnum > 0 AND NOT attisdropped AND nspname = ANY (current_schemas(false))",
}
"""Not from PostgreSQL's information_schema, which takes ten times as long."""


@cache
def _wanted() -> Sequence[tuple[str, str]]:
    """Each table of the code with each of its columns."""
    return [(table.name, column.name) for table in schema.own_tables() for column in table.columns]


async def compare(session: AsyncSession) -> None:
    """Looks whether every table and column of the code is in the database; what else is there does not matter.

    Raises:
        SchemaDiffers: see the class.
    """
    columns = await session.execute(text(_COLUMNS["postgresql" if is_postgresql(session) else "sqlite"]))
    found = {(table, column) for table, column in columns}
    missing = [one for one in _wanted() if one not in found]
    if missing:
        tables = {table for table, _ in found}
        shown = [f"{table}.{column}" if table in tables else table for table, column in missing]
        names = ", ".join(list(dict.fromkeys(shown))[:5])
        raise SchemaDiffers(
            f"database.url: the database has schema {schema.NEWEST}, but lacks {names}; it was migrated by a version "
            "that was never released, or changed by hand: restore a backup that was made before"
        )
