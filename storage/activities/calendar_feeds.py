"""The secret address of each person's calendar. Whoever has it reads the calendar, so it can be made again."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from sqlalchemy import LargeBinary, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage import keys
from storage.column_types import Sealed
from storage.database import Base, vault_of
from storage.encryption import Vault
from storage.telegram_ids import PersonId


class Feed(Base):
    __tablename__ = "calendar_feeds"

    person_id: Mapped[PersonId] = mapped_column(primary_key=True, autoincrement=False)
    token: Mapped[bytes] = mapped_column(Sealed)
    token_index: Mapped[bytes] = mapped_column(LargeBinary, index=True)


def _indexes(vault: Vault, plain: bytes) -> Mapping[str, bytes | None]:
    return {"token_index": vault.blind(plain.decode(), "calendar_feeds.token")}


keys.REINDEXED["calendar_feeds.token"] = _indexes


async def token_of(session: AsyncSession, person_id: PersonId) -> str:
    """The person's token; made now if there is none."""
    row = await session.get(Feed, person_id)
    if row is not None:
        return vault_of(session).open(row.token, "calendar_feeds.token", person_id).decode()
    return await renew(session, person_id)


async def renew(session: AsyncSession, person_id: PersonId) -> str:
    """A new token; the old one opens nothing any more."""
    token = secrets.token_urlsafe(32)
    vault = vault_of(session)
    sealed = vault.seal(token.encode(), "calendar_feeds.token", person_id)
    await session.merge(Feed(person_id=person_id, token=sealed, **_indexes(vault, token.encode())))
    await session.flush()
    return token


async def owner(session: AsyncSession, token: str) -> PersonId | None:
    """Whose calendar this token opens. The digest only finds it: it can be copied to another row, the token that is
    sealed there can't."""
    known = vault_of(session).blinds(token, "calendar_feeds.token")
    for person_id in (await session.scalars(select(Feed.person_id).where(Feed.token_index.in_(known)))).all():
        if secrets.compare_digest(await token_of(session, person_id), token):
            return person_id
    return None


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    await session.execute(delete(Feed).where(Feed.person_id == person_id))
