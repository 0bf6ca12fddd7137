"""Two who decide about a broadcast at the same time: the second one decides on what the first one left."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from storage.broadcasts import broadcasts, corrections
from storage.broadcasts.broadcasts import Broadcast, BroadcastState, NotNow
from storage.broadcasts.content import Content
from storage.database import Database
from storage.people.segments import Segment
from storage.people.topics import Topic
from tests.support.simulator import ADMIN, COORDINATOR, NOON

TEXT = Content("sendMessage", {"text": "Hello"})
Decision = Callable[[AsyncSession, Broadcast], Awaitable[object]]


async def _confirms(session: AsyncSession, row: Broadcast) -> None:
    await broadcasts.confirm(session, row.id, None, None, NOON, needs_approval=False)


async def _approves(session: AsyncSession, row: Broadcast) -> None:
    await broadcasts.approve(session, row.id, ADMIN, NOON)


async def _corrects(session: AsyncSession, row: Broadcast) -> None:
    await corrections.correct(session, row.id, TEXT, COORDINATOR, 500, NOON)


@pytest.mark.parametrize(
    ("state", "decides"),
    [
        (BroadcastState.DRAFT, _confirms),
        (BroadcastState.AWAITING, _approves),
        (BroadcastState.RUNNING, _corrects),
    ],
)
async def test_nobody_decides_on_a_state_that_is_over(
    database: Database, state: BroadcastState, decides: Decision
) -> None:
    if not database.is_postgresql:
        pytest.skip("SQLite has one writer at a time")
    async with database.writing() as session:
        made = await broadcasts.create(session, COORDINATOR, TEXT, Segment(()), Topic.NEWS, NOON, NOON)
        made.state = state
    async with database.writing() as session:
        row = await broadcasts.find(session, made.id)
        assert row is not None
        async with database.writing() as other:
            await broadcasts.move(other, made.id, "cancel", NOON)
        with pytest.raises(NotNow):
            await decides(session, row)
