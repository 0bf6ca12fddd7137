"""Removing rows so that the file does not keep them: where even ciphertext must not stay."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.dialects import is_postgresql


@asynccontextmanager
async def overwriting(session: AsyncSession) -> AsyncIterator[None]:
    """SQLite overwrites in its file what the block removes, however it was built; PostgreSQL does when it vacuums."""
    if is_postgresql(session):
        yield
        return
    before = await session.scalar(text("PRAGMA secure_delete"))
    await session.execute(text("PRAGMA secure_delete = ON"))
    try:
        yield
    finally:
        await session.execute(text(f"PRAGMA secure_delete = {'ON' if before else 'OFF'}"))
