"""Answers that have gone out are struck out of the database: soon, many at once, and none is forgotten."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.updates import answered_marks
from bot.updates.answered_marks import AnsweredMarks
from storage.database import Database
from storage.updates import updates
from storage.updates.ids import UpdateKey
from storage.updates.updates import DoneUpdate
from tests.support.simulator import NOON

KEYS = [UpdateKey(number) for number in range(1, 6)]


async def kept(database: Database) -> int:
    """How many answers are still to be sent."""
    async with database.reading() as session:
        count = await session.scalar(select(func.count()).where(DoneUpdate.answers.is_not(None)))
    return int(count or 0)


@pytest.fixture
async def marks(database: Database) -> AnsweredMarks:
    """All answers have just gone out."""
    async with database.writing() as session:
        for key in KEYS:
            await updates.mark_done(session, key, NOON, b"[]", NOON)
    return AnsweredMarks(database)


async def until_none_is_kept(database: Database) -> None:
    async with asyncio.timeout(30):
        while await kept(database):  # noqa: ASYNC110 (it is a row in the database)
            await asyncio.sleep(0.02)


async def test_those_of_the_moment_are_struck_out_by_one_statement(
    marks: AnsweredMarks, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = []
    noted = updates.answered

    async def answered(session: AsyncSession, keys: Sequence[UpdateKey]) -> None:
        changes.append(len(keys))
        await noted(session, keys)

    monkeypatch.setattr(updates, "answered", answered)
    for key in KEYS:
        marks.add(key)
    assert await kept(database) == len(KEYS)
    await until_none_is_kept(database)
    assert changes == [len(KEYS)]


async def test_what_is_added_meanwhile_is_struck_out_too(marks: AnsweredMarks, database: Database) -> None:
    for key in KEYS:
        marks.add(key)
        await asyncio.sleep(answered_marks.WITHIN / 2)
    await until_none_is_kept(database)


async def test_the_database_may_be_away_for_a_while(
    marks: AnsweredMarks, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answered_marks, "TRIED_AGAIN_AFTER", 0.05)
    whole, tries = database.writing, [0]

    @contextlib.asynccontextmanager
    async def writing(**options: bool) -> AsyncIterator[AsyncSession]:
        tries[0] += 1
        if tries[0] < 3:
            raise ConnectionRefusedError
        async with whole(**options) as session:
            yield session

    monkeypatch.setattr(database, "writing", writing)
    for key in KEYS:
        marks.add(key)
    await until_none_is_kept(database)
    assert tries == [3]


async def test_who_leaves_forgets_none(marks: AnsweredMarks, database: Database) -> None:
    for key in KEYS:
        marks.add(key)
    await marks.close()
    assert await kept(database) == 0
    await marks.close()
