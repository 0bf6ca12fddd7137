"""What is kept of the bot's own work for a while: forms, marks of updates, deliveries, errors, backups noted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from storage import dialogues
from storage.coordination import run_once
from storage.deliveries import retention as deliveries
from storage.operations import backups, errors
from storage.privacy.retention import Retention
from storage.updates import strikes, updates


async def forget(session: AsyncSession, now: datetime, _kept: Retention) -> bool:
    for forget_few in (run_once.forget, errors.forget, backups.forget, strikes.forget):
        await forget_few(session, now)
    more = [await forget_some(session, now) for forget_some in (dialogues.forget, updates.forget, deliveries.forget)]
    return any(more)
