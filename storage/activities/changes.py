"""What an edit of an activity changed, kept for the notices about it."""

from __future__ import annotations

import orjson
from sqlalchemy import BigInteger, String
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.activities.ids import ActivityChangeId, ActivityId
from storage.activities.planning import Change
from storage.column_types import BigKey
from storage.database import Base


class ActivityChange(Base):
    """What an edit changed, for the notices about it: JSON of old and new by column."""

    __tablename__ = "activity_changes"

    id: Mapped[ActivityChangeId] = mapped_column(BigKey, primary_key=True)
    activity_id: Mapped[ActivityId] = mapped_column(BigInteger)
    changed: Mapped[str] = mapped_column(String(1500))


async def note(session: AsyncSession, change: Change) -> ActivityChangeId:
    """Keeps what an edit changed; returns its number, the subject of the notices about it."""
    changed = {name: [old, new] for name, (old, new) in change.changed.items()}
    row = ActivityChange(activity_id=change.row.id, changed=orjson.dumps(changed).decode())
    session.add(row)
    await session.flush()
    return row.id


async def find(session: AsyncSession, change_id: ActivityChangeId) -> tuple[ActivityId, dict[str, list[object]]] | None:
    """(activity, old and new by column)."""
    row = await session.get(ActivityChange, change_id)
    return None if row is None else (row.activity_id, orjson.loads(row.changed))
