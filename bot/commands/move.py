"""`database move`: everything into an empty database, with the same keys."""

from __future__ import annotations

from collections.abc import Callable

from storage import audit, keys, moving, schema
from storage.database import Database, open_database
from storage.engine import database_url


class NotMoved(Exception):
    """Nothing was moved; the text says why."""


async def move_to(source: Database, url: str, say: Callable[[str], None]) -> int:
    """Copies all tables into the database of the URL, in one transaction there; returns how many rows.

    On SQLite nobody can write to the source meanwhile.

    Raises:
        NotMoved: the URL is none, the target is not empty, or it does not hold in the end what was copied.
    """
    try:
        target = open_database(database_url.normalised(url), source.vault, connections=2)
    except ValueError as failure:
        raise NotMoved(str(failure)) from None
    try:
        await schema.migrate(source)
        await schema.migrate(target)
        return await _copy(source, target, say)
    finally:
        await target.close()


async def _copy(source: Database, target: Database, say: Callable[[str], None]) -> int:
    async with source.writing(apart=True) as old, target.writing(apart=True) as new:
        if source.is_postgresql:
            await moving.see_one_moment(old)
        await keys.check(old)
        counted = await moving.count_all(new)
        made = {table.name for table in moving.FILLED}
        filled = sorted(name for name, rows in counted.items() if rows and name not in made)
        if filled:
            raise NotMoved(f"the target is not empty: there are rows in {', '.join(filled[:5])}")
        expected = await moving.count_all(old)
        await moving.adopt_filled(old, new)
        for table in schema.own_tables():
            if table not in moving.FILLED:
                await moving.copy_table(old, new, table)
            if expected[table.name]:
                say(f"{table.name}: {expected[table.name]:,} rows")
        if await moving.count_all(new) != expected:
            raise NotMoved("the counts of rows differ; nothing was kept in the target")
        await keys.check(new)
        verified = await audit.verify(new)
        if verified.fault:
            raise NotMoved(f"the audit log did not come out whole ({verified.fault}); nothing was kept in the target")
    return sum(expected.values())
