"""Settings that were changed in the chat; each stands over the one of the config file until it is taken back.

Each is sealed for its name, so that whoever can write to the database but has no key can't put their own number in
place of the hotline, make themselves the handler of a desk, or let broadcasts go without a second coordinator.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import String, Text, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.column_types import Sealed
from storage.coordination import change_counters
from storage.database import Base, vault_of
from storage.dialects import put
from storage.encryption import CannotDecrypt
from storage.telegram_ids import PersonId

log = logging.getLogger(__name__)

VERSION = "settings"
"""Raised with every change, so that every replica reads them again."""


class SettingRow(Base):
    __tablename__ = "settings"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
    by: Mapped[PersonId]
    at: Mapped[datetime]
    seal: Mapped[bytes | None] = mapped_column(Sealed, default=None)


async def read_all(session: AsyncSession) -> Mapping[str, Any]:
    """By name ("section.key"), as it would stand in the config file; without what this program has not written."""
    rows = await session.execute(select(SettingRow.name, SettingRow.value, SettingRow.seal))
    return {name: orjson.loads(value) for name, value, seal in rows if _is_genuine(session, name, value, seal)}


def _is_genuine(session: AsyncSession, name: str, value: str, seal: bytes | None) -> bool:
    try:
        if seal is not None and vault_of(session).open(seal, "settings.seal", name) == value.encode():
            return True
    except CannotDecrypt:
        pass
    log.error("a setting was changed in the database by something other than the bot; the config file applies")
    return False


async def change(session: AsyncSession, name: str, value: Any, by: PersonId, now: datetime) -> None:
    """The value is one that the config file could hold; who asks has checked it."""
    text = orjson.dumps(value).decode()
    seal = vault_of(session).seal(text.encode(), "settings.seal", name)
    await put(session, SettingRow(name=name, value=text, by=by, at=now, seal=seal))
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
