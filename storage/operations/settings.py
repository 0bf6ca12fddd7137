"""Settings that were changed in the chat; each stands over the one of the config file until it is taken back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import String, Text, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.coordination import change_counters
from storage.database import Base
from storage.telegram_ids import PersonId

VERSION = "settings"
"""Raised with every change, so that every replica reads them anew."""


class SettingRow(Base):
    __tablename__ = "settings"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
    by: Mapped[PersonId]
    at: Mapped[datetime]


async def read_all(session: AsyncSession) -> Mapping[str, Any]:
    """By name ("section.key"), as it would stand in the config file."""
    rows = await session.execute(select(SettingRow.name, SettingRow.value))
    return {name: orjson.loads(value) for name, value in rows}


async def change(session: AsyncSession, name: str, value: Any, by: PersonId, now: datetime) -> None:
    """The value is one that the config file could hold; who asks has checked it."""
    await session.merge(SettingRow(name=name, value=orjson.dumps(value).decode(), by=by, at=now))
    await change_counters.raise_version(session, VERSION)


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    """That somebody changed a setting stays, without who."""
    await session.execute(update(SettingRow).where(SettingRow.by == person_id).values(by=0))


async def take_back(session: AsyncSession, name: str) -> bool:
    """The config file's holds again; False if it held already."""
    gone = await session.execute(delete(SettingRow).where(SettingRow.name == name).returning(SettingRow.name))
    if gone.first() is None:
        return False
    await change_counters.raise_version(session, VERSION)
    return True
