"""Connections to the database, which are few: six on SQLite."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession


async def let_go(session: AsyncSession) -> None:
    """Gives the connection of a session that has only read back before the session ends: whatever it waits for then
    keeps nobody from the database."""
    await session.close()
