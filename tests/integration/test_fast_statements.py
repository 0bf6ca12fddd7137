"""Statements of the hot paths mean the same by SQLAlchemy's execution and past it."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import BindParameter, Executable, Table, bindparam, literal, select, text, tuple_
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from storage import dialogues
from storage.column_types import UtcDateTime
from storage.database import Base, Database
from storage.database_errors import Cause, cause_of
from storage.dialects import insert_for
from storage.dialogues import Filled, OpenForm
from storage.engine.fast_statements import run
from storage.engine.write_detection import has_written
from storage.people.people import PersonRow
from storage.telegram_ids import PersonId
from storage.updates import updates
from storage.updates.ids import UpdateKey
from storage.updates.updates import Done, DoneUpdate

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
PEOPLE, UPDATES = Base.metadata.tables["people"], Base.metadata.tables["updates"]
SOME = [PersonId(5), PersonId(-6), PersonId(7)]


def _adding(table: Table, *, postgres: bool) -> Executable:
    entity = {"people": PersonRow, "updates": DoneUpdate}[table.name]
    return insert_for(entity, postgres=postgres)


async def fill(database: Database) -> None:
    async with database.writing() as session:
        adding = _adding(PEOPLE, postgres=database.is_postgresql)
        for person in SOME:
            await run(session, adding, {"id": person, "first_seen": NOW, "last_seen": NOW, "reachable": person != 5})


STATEMENTS: dict[str, tuple[Executable, dict[str, Any]]] = {
    "all": (select(PEOPLE).order_by(PEOPLE.c.reachable), {}),
    "one": (select(PEOPLE.c.id, PEOPLE.c.last_seen).where(PEOPLE.c.id == bindparam("person")), {"person": 7}),
    "none": (select(PEOPLE).where(PEOPLE.c.id == bindparam("person")), {"person": 99}),
    "some": (select(PEOPLE.c.id).where(PEOPLE.c.id.in_(bindparam("ids", expanding=True))), {"ids": [5, 7, 99]}),
    "of no ids": (select(PEOPLE.c.id).where(PEOPLE.c.id.in_(bindparam("ids", expanding=True))), {"ids": []}),
    "a constant": (select(literal(3).label("n"), PEOPLE.c.reachable).where(PEOPLE.c.id == 5).limit(1), {}),
    "a time": (
        select(PEOPLE.c.id).where(PEOPLE.c.last_seen <= bindparam("now", type_=UtcDateTime())),
        {"now": NOW + timedelta(seconds=1)},
    ),
}


@pytest.mark.parametrize("name", STATEMENTS)
async def test_rows_are_those_of_sqlalchemy(database: Database, name: str) -> None:
    await fill(database)
    statement, values = STATEMENTS[name]
    async with database.reading() as session:
        found = (await run(session, statement, values)).all()
        result = await (await session.connection()).execute(statement, values)
        names, expected = list(result.keys()), [tuple(row) for row in result]
    assert [tuple(row) for row in found] == expected
    assert [tuple(getattr(row, name) for name in names) for row in found] == expected


@pytest.mark.parametrize(
    ("take", "expected"),
    [
        (lambda rows: rows.first().id, 7),
        (lambda rows: rows.one().id, 7),
        (lambda rows: rows.one_or_none().id, 7),
        (lambda rows: rows.scalar(), 7),
        (lambda rows: [row.id for row in rows], [7]),
    ],
)
async def test_rows_are_taken_as_from_sqlalchemy(
    database: Database, take: Callable[[Any], object], expected: object
) -> None:
    await fill(database)
    statement, values = STATEMENTS["one"]
    async with database.reading() as session:
        assert take(await run(session, statement, values)) == expected


async def test_of_no_rows_there_is_none(database: Database) -> None:
    statement, values = STATEMENTS["none"]
    async with database.reading() as session:
        for take in ("first", "one_or_none", "scalar"):
            assert getattr(await run(session, statement, values), take)() is None


@pytest.mark.parametrize("apart", [False, True])
async def test_what_is_written_is_noted_and_what_finds_nothing_is_not(database: Database, *, apart: bool) -> None:
    async with database.writing(apart=apart) as session:
        assert await updates.mark_done(session, UpdateKey(1), NOW, b"hello", NOW)
        assert await has_written(session)
    async with database.writing(apart=apart) as session:
        assert not await updates.mark_done(session, UpdateKey(1), NOW)
        assert not await has_written(session)
    async with database.reading(apart=apart) as session:
        assert await updates.done(session, [UpdateKey(1), UpdateKey(2)]) == [Done(b"hello", NOW), None]
    async with database.writing(apart=apart) as session:
        await updates.answered(session, [UpdateKey(1), UpdateKey(2)])
    async with database.reading(apart=apart) as session:
        assert await updates.done(session, [UpdateKey(1)]) == [Done()]


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        (UPDATES.update().where(UPDATES.c.key == bindparam("who")).values(due=bindparam("due")), {"who": 1}),
        (select(PEOPLE.c.id).where(PEOPLE.c.id == bindparam("person")), {"persn": 7}),
        (select(PEOPLE.c.id).where(PEOPLE.c.id.in_(bindparam("ids", expanding=True))), {}),
    ],
    ids=["of a change", "of a question", "of a list"],
)
async def test_a_value_that_was_not_given_is_no_null(
    database: Database, statement: Executable, values: dict[str, Any]
) -> None:
    async with database.writing() as session:
        await updates.mark_done(session, UpdateKey(1), NOW, b"hello", NOW)
    with pytest.raises(StatementError):
        async with database.writing() as session:
            await run(session, statement, values)
    async with database.reading() as session:
        assert await updates.done(session, [UpdateKey(1)]) == [Done(b"hello", NOW)]


async def test_what_sqlalchemy_fills_in_is_filled_in(database: Database) -> None:
    table = Base.metadata.tables["replicas"]
    adding = table.insert().returning(table.c.granted)
    row = {"name": "a", "version": "1", "leads": True, "started_at": NOW, "seen_at": NOW}
    async with database.writing() as session:
        assert (await run(session, adding, row)).scalar() == 0.0


async def test_numbers_are_read_as_sqlalchemy_reads_them(database: Database) -> None:
    table = Base.metadata.tables["replicas"]
    row = {"name": "a", "version": "1", "leads": True, "started_at": NOW, "seen_at": NOW, "granted": 2.5}
    async with database.writing() as session:
        await run(session, table.insert(), row)
        found = (await run(session, select(table.c.granted, table.c.leads))).one()
    assert (found.granted, found.leads) == (2.5, True)


async def test_what_is_no_plain_statement_is_left_to_sqlalchemy(database: Database) -> None:
    await fill(database)
    pairs: BindParameter[Any] = bindparam("pairs", expanding=True)
    async with database.reading() as session:
        for statement, values in (
            (text("SELECT 1"), {}),
            (select(literal(1)).union(select(literal(1))), {}),
            (select(literal(1)).where(tuple_(literal(1), literal(2)).in_(pairs)), {"pairs": [(1, 2)]}),
        ):
            assert (await run(session, statement, values)).scalar() == 1


async def test_after_a_rollback_a_transaction_begins_anew(database: Database) -> None:
    if database.is_postgresql:
        pytest.skip("a rollback gives the connection back to the pool, and nothing runs on it any more")
    async with database.writing() as session:
        await session.rollback()
        await updates.mark_done(session, UpdateKey(1), NOW)
        await session.rollback()
    async with database.reading() as session:
        assert await updates.done(session, [UpdateKey(1)]) == [None]


async def test_a_rollback_takes_it_back(database: Database) -> None:
    form = OpenForm(PersonId(5), "join", "name", Filled(answers={"name": "李雷"}))
    with pytest.raises(ZeroDivisionError):
        async with database.writing() as session:
            await dialogues.keep(session, form, NOW, timedelta(hours=1))
            raise ZeroDivisionError
    async with database.reading() as session:
        assert await dialogues.current(session, PersonId(5), NOW) is None


async def test_what_the_database_refuses_is_what_sqlalchemy_would_raise(database: Database) -> None:
    await fill(database)
    row = {"id": 5, "first_seen": NOW, "last_seen": NOW, "reachable": True}
    with pytest.raises(IntegrityError) as refused:
        async with database.writing() as session:
            await run(session, _adding(PEOPLE, postgres=database.is_postgresql), row)
    assert "2026" not in str(refused.value)
    assert cause_of(refused.value) is None


async def test_a_missing_table_is_told_apart(database: Database) -> None:
    async with database.writing() as session:
        await session.execute(text("ALTER TABLE updates RENAME TO other"))
    with pytest.raises(DBAPIError) as missing:
        async with database.reading() as session:
            await updates.done(session, [UpdateKey(1)])
    assert cause_of(missing.value) is Cause.SCHEMA


@pytest.mark.usefixtures("fresh_heap")
async def test_a_statement_that_was_built_for_one_call_is_forgotten_with_it(database: Database) -> None:
    statement = select(PEOPLE.c.id)
    known = weakref.ref(statement)
    async with database.reading() as session:
        assert (await run(session, statement)).all() == []
    del statement
    gc.collect()
    if not database.is_postgresql:  # there SQLAlchemy keeps as many as its own cache holds
        assert known() is None
