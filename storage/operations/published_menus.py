"""What was last published to Telegram (menus, descriptions), so that it is sent again only where it changed."""

from __future__ import annotations

from sqlalchemy import String, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base, insert_into


class Publication(Base):
    __tablename__ = "publications"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))


async def digests(session: AsyncSession) -> dict[str, str]:
    """Returns by name the digest of what was published last."""
    return {row.name: row.digest for row in await session.execute(select(Publication.name, Publication.digest))}


async def remember(session: AsyncSession, name: str, digest: str) -> None:
    """Notes what was published, so that it is not published again."""
    statement = insert_into(session, Publication).values(name=name, digest=digest)
    await session.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"digest": digest}))
