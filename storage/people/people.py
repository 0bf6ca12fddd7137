"""Who has spoken with the bot: language, reachability, and a home area if they asked to keep one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Index,
    LargeBinary,
    String,
    delete,
    func,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.column_types import Sealed
from storage.database import Base, vault_of
from storage.dialects import insert_into
from storage.encryption import CannotDecrypt, Vault
from storage.telegram_ids import PersonId

_USERNAME_SEAL = "people.username_seal"


class PersonRow(Base):
    __tablename__ = "people"

    id: Mapped[PersonId] = mapped_column(primary_key=True, autoincrement=False)
    language: Mapped[str | None] = mapped_column(String(16), default=None)
    app_language: Mapped[str | None] = mapped_column(String(16), default=None)
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime] = mapped_column(index=True)
    """Days, at midnight UTC: the minute would tell who brought what came anonymously in that minute."""
    reachable: Mapped[bool] = mapped_column(default=True)
    home: Mapped[bytes | None] = mapped_column(Sealed, default=None)
    username_index: Mapped[bytes | None] = mapped_column(LargeBinary, default=None, index=True)
    """A blind index of the Telegram name, so that a role can be given to @name; learned again after a rotation."""
    username_seal: Mapped[bytes | None] = mapped_column(Sealed, default=None)
    """The same, sealed: the index could be copied to another row, whose person would then be given the role."""


Index(
    "ix_people_unreachable",
    PersonRow.last_seen,
    PersonRow.id,
    sqlite_where=text("reachable = 0"),
    postgresql_where=text("NOT reachable"),
)
Index(
    "ix_people_home",
    PersonRow.id,
    sqlite_where=text("home IS NOT NULL"),
    postgresql_where=text("home IS NOT NULL"),
)
Index("ix_people_spoken", PersonRow.language, PersonRow.app_language)


def day_of(moment: datetime) -> datetime:
    """The midnight (UTC) before it."""
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def spoken() -> ColumnElement[str | None]:
    """The language in which a person is written to: the one they chose, else that of their app."""
    return func.coalesce(PersonRow.language, PersonRow.app_language)


async def seen_all(
    session: AsyncSession,
    languages: Mapping[PersonId, str],
    now: datetime,
    usernames: Mapping[PersonId, str] | None = None,
) -> None:
    """These people wrote just now: they are known, and can be reached again. By id, the language of their app, and
    their Telegram name if they have one."""
    names, vault, today = usernames or {}, vault_of(session), day_of(now)
    statement = insert_into(session, PersonRow).values(
        [
            {
                "id": person_id,
                "first_seen": today,
                "last_seen": today,
                "reachable": True,
                "app_language": language,
                **_known_by(vault, person_id, names.get(person_id, "")),
            }
            for person_id, language in sorted(languages.items())
        ]
    )
    changes = {
        "last_seen": today,
        "reachable": True,
        "app_language": statement.excluded.app_language,
        "username_index": statement.excluded.username_index,
        "username_seal": statement.excluded.username_seal,
    }
    await session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=changes))


def _known_by(vault: Vault, person_id: PersonId, name: str) -> dict[str, bytes | None]:
    if not name:
        return {"username_index": None, "username_seal": None}
    index = vault.blind(name.lower(), "people.username")
    return {"username_index": index, "username_seal": vault.seal(index, _USERNAME_SEAL, person_id)}


async def by_username(session: AsyncSession, name: str) -> PersonId | None:
    """Who wrote to the bot under this Telegram name (without @) last."""
    known = vault_of(session).blinds(name.lower(), "people.username")
    rows = await session.execute(
        select(PersonRow.id, PersonRow.username_index, PersonRow.username_seal)
        .where(PersonRow.username_index.in_(known))
        .order_by(PersonRow.last_seen.desc())
    )
    return next((row.id for row in rows if _is_genuine(vault_of(session), *row)), None)


def _is_genuine(vault: Vault, person_id: PersonId, index: bytes | None, seal: bytes | None) -> bool:
    """Whether this program has seen the person under this name."""
    try:
        return seal is not None and vault.open(seal, _USERNAME_SEAL, person_id) == index
    except CannotDecrypt:
        return False


async def is_known(session: AsyncSession, person_id: PersonId) -> bool:
    """Whether this person has ever written to the bot."""
    return await session.scalar(select(PersonRow.id).where(PersonRow.id == person_id)) is not None


async def is_anybody_known_but(session: AsyncSession, these: Sequence[PersonId]) -> bool:
    """Whether somebody else has ever written to the bot."""
    somebody = select(literal(1)).select_from(PersonRow)
    if these:
        somebody = somebody.where(PersonRow.id.not_in(these))
    return await session.scalar(somebody.limit(1)) is not None


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[dict[str, Any]]:
    row = await session.get(PersonRow, person_id)
    if row is None:
        return []
    home = await home_of(session, person_id)
    return [
        {
            "telegram_id": row.id,
            "language": row.language,
            "app_language": row.app_language,
            "first_seen": row.first_seen,
            "last_seen": row.last_seen,
            "reachable": row.reachable,
            "home_area": home,
            "telegram_name_known": row.username_index is not None,
        }
    ]


async def choose_language(session: AsyncSession, person_id: PersonId, language: str) -> None:
    """Keeps the language in which the person wants to be answered, whatever their app says."""
    await session.execute(update(PersonRow).where(PersonRow.id == person_id).values(language=language))


async def mark_unreachable(session: AsyncSession, person_id: PersonId) -> None:
    """They blocked the bot or deleted their account; writing again makes them reachable."""
    await session.execute(update(PersonRow).where(PersonRow.id == person_id).values(reachable=False))


async def unreachable(session: AsyncSession, ids: Sequence[PersonId]) -> set[PersonId]:
    """Those of these people whom nothing can be sent to."""
    rows = await session.scalars(select(PersonRow.id).where(PersonRow.id.in_(ids), ~PersonRow.reachable))
    return set(rows)


async def keep_home(session: AsyncSession, person_id: PersonId, latitude: float, longitude: float) -> None:
    """Keeps the person's home area: the place rounded to 0.01 degrees (about 1 km), encrypted."""
    sealed = vault_of(session).seal_place(round(latitude, 2), round(longitude, 2), "people.home", person_id)
    await session.execute(update(PersonRow).where(PersonRow.id == person_id).values(home=sealed))


async def home_of(session: AsyncSession, person_id: PersonId) -> tuple[float, float] | None:
    """Returns the latitude and longitude of the place that the person keeps, in degrees."""
    sealed = await session.scalar(select(PersonRow.home).where(PersonRow.id == person_id))
    return None if sealed is None else vault_of(session).open_place(sealed, "people.home", person_id)


async def forget_home(session: AsyncSession, person_id: PersonId) -> None:
    """Removes the place that the person keeps."""
    await session.execute(update(PersonRow).where(PersonRow.id == person_id).values(home=None))


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    """Removes the person's own row. What other features keep about them is removed by those features."""
    await session.execute(delete(PersonRow).where(PersonRow.id == person_id))
