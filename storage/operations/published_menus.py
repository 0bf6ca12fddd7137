"""What was last published to Telegram (menus, descriptions), so that it is sent again only where it changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import String, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base
from storage.dialects import insert_into
from storage.telegram_ids import NOBODY, PersonId


class Publication(Base):
    __tablename__ = "publications"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(String(64))


class Place(NamedTuple):
    """What is set by a publication, and for whom alone; NOBODY: for all."""

    name: str
    person_id: PersonId = NOBODY


async def digests(session: AsyncSession) -> dict[Place, str]:
    """Returns by place the digest of what was published last."""
    rows = await session.execute(select(Publication.name, Publication.person_id, Publication.digest))
    return {Place(row.name, row.person_id): row.digest for row in rows}


async def remember(session: AsyncSession, published: Mapping[Place, str]) -> None:
    """Notes the digests of what was published, so that it is not published again."""
    rows = [{"name": name, "person_id": person, "digest": digest} for (name, person), digest in published.items()]
    statement = insert_into(session, Publication).values(rows)
    digest = statement.excluded.digest
    await session.execute(
        statement.on_conflict_do_update(index_elements=["name", "person_id"], set_={"digest": digest})
    )


async def forget(session: AsyncSession) -> None:
    """Has everything published again: it is another Telegram, which knows nothing of it."""
    await session.execute(delete(Publication))
