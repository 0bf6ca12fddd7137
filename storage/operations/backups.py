"""Backups that were made: when, where, how large, or why not."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, String, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.column_types import BigKey
from storage.database import Base

KEPT = timedelta(days=365)


class Backup(Base):
    """`trouble` is empty where the file was read back whole. `host` is the machine that has it."""

    __tablename__ = "backups"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    host: Mapped[str] = mapped_column(String(120))
    file: Mapped[str] = mapped_column(String(400))
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    trouble: Mapped[str] = mapped_column(String(300), default="")


async def note(session: AsyncSession, now: datetime, host: str, file: str, size: int = 0, trouble: str = "") -> None:
    """Notes a backup of `size` bytes, or why there is none. Texts are cut to their columns."""
    session.add(Backup(at=now, host=host[:120], file=file[:400], size=size, trouble=trouble[:300]))
    await session.flush()


async def newest(session: AsyncSession, *, whole: bool = False) -> Backup | None:
    """The last one; of those that came out whole, if asked."""
    chosen = select(Backup).order_by(Backup.at.desc(), Backup.id.desc()).limit(1)
    return await session.scalar(chosen.where(Backup.trouble == "") if whole else chosen)


async def count_troubles(session: AsyncSession, since: datetime) -> int:
    """How many failed since then and were followed by no whole one."""
    whole = select(func.max(Backup.at)).where(Backup.trouble == "").scalar_subquery()
    failed = (Backup.trouble != "") & (Backup.at > since) & or_(whole.is_(None), Backup.at > whole)
    return await session.scalar(select(func.count()).select_from(Backup).where(failed)) or 0


async def forget(session: AsyncSession, now: datetime) -> None:
    """Old notes; the files are rotated by who makes them."""
    await session.execute(delete(Backup).where(Backup.at < now - KEPT))
