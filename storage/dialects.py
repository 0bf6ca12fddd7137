"""What SQLite and PostgreSQL are told in different words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, cast

from sqlalchemy import text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.telegram_ids import ChatId

if TYPE_CHECKING:
    from storage.database import Base


def is_postgresql(session: AsyncSession) -> bool:
    return session.get_bind().dialect.name == "postgresql"


async def database_clock(session: AsyncSession) -> datetime | None:
    """What time it is by PostgreSQL; None on SQLite, which has the clock of this machine."""
    if not is_postgresql(session):
        return None
    moment = await session.scalar(text("SELECT clock_timestamp()"))
    assert isinstance(moment, datetime)
    return moment


async def size(session: AsyncSession) -> int:
    """Bytes that the database takes on its disk."""
    if is_postgresql(session):
        found = await session.scalar(text("SELECT pg_database_size(current_database())"))
        return int(found or 0)
    pages = await session.scalar(text("PRAGMA page_count"))
    page = await session.scalar(text("PRAGMA page_size"))
    return int(pages or 0) * int(page or 0)


def insert_into(session: AsyncSession, table: type[Base]) -> postgresql.Insert:
    """An INSERT that can say ON CONFLICT, in the dialect of the session (both spell it the same)."""
    return insert_for(table, postgres=is_postgresql(session))


def insert_for(table: type[Base], *, postgres: bool) -> postgresql.Insert:
    """The same, for statements that are built once."""
    return postgresql.insert(table) if postgres else cast(postgresql.Insert, sqlite.insert(table))


async def put(session: AsyncSession, row: Base) -> None:
    """Adds the row, or changes the one that has its key, also if somebody else adds it at the same moment."""
    table = type(row)
    columns = list(table.__mapper__.columns)
    values = {column.name: getattr(row, column.name) for column in columns}
    changed = {column.name: values[column.name] for column in columns if not column.primary_key}
    statement = insert_into(session, table).values(values)
    keys = [column for column in columns if column.primary_key]
    await session.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed))


async def add_new(session: AsyncSession, table: type[Base], **values: object) -> bool:
    """Adds a row with these values, unless one with its key is there or somebody else adds it at the same moment;
    tells whether it did."""
    added = insert_into(session, table).values(values).on_conflict_do_nothing()
    return (await session.execute(added.returning(*table.__mapper__.primary_key))).first() is not None


async def lock_name(session: AsyncSession, name: str) -> None:
    """Keeps those apart who look for something under this name and add it where it is missing, until the transaction
    ends (SQLite has one writer anyway)."""
    if is_postgresql(session):
        await session.execute(text("SELECT pg_advisory_xact_lock(1, hashtext(:name))"), {"name": name})


async def lock_chat(session: AsyncSession, chat_id: ChatId) -> None:
    """Keeps a chat's updates apart across replicas, from the first statement of the transaction until it ends (SQLite
    has one writer anyway)."""
    await lock_chats(session, [chat_id])


async def lock_chats(session: AsyncSession, chat_ids: Iterable[ChatId]) -> None:
    """The same for several chats, in the one order in which everybody locks them."""
    if not is_postgresql(session):
        return
    from storage.engine import postgresql_driver

    locks = [f"SELECT pg_advisory_xact_lock({postgresql_driver.literal(one)})" for one in sorted(set(chat_ids))]
    if not postgresql_driver.of(await session.connection()).begin_with(";".join(locks)):
        for lock in locks:
            await session.execute(text(lock))
