"""How many applications wait to be reviewed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from storage.membership.applications import Application, ApplicationState
from storage.operations.queues import Queue, measured


async def applications(session: AsyncSession, _now: datetime) -> Queue:
    return await measured(session, Application.waiting_since, Application.state == ApplicationState.WAITING)
