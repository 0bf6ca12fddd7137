"""How many comments wait for a coordinator to look at them. They have no time, so nobody knows since when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.campaigns.agreements.comments import Comment, CommentState
from storage.operations.queues import Queue


async def measure(session: AsyncSession, _now: datetime) -> Queue:
    waits = select(func.count()).select_from(Comment).where(Comment.state == CommentState.WAITING)
    return Queue(await session.scalar(waits) or 0, None)
