"""The table of honoured people. What is said about one is sealed; name, ID number, phone and employer are found by
blind indexes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index, LargeBinary, SmallInteger
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage import keys, sealed_columns
from storage.column_types import BigKey, Sealed, StrEnumColumn
from storage.database import Base, vault_of
from storage.encryption import Vault
from storage.honours.ids import HonouredId
from storage.plain_text import clean_code
from storage.sealed_json import SealedJson
from storage.telegram_ids import PersonId


class HonourState(StrEnum):
    ACTIVE = "active"
    RETIRED = "retired"
    DECEASED = "deceased"
    WITHDRAWN = "withdrawn"
    """The honour was taken back."""


LIVING = (HonourState.ACTIVE, HonourState.RETIRED)


class Honoured(Base):
    """An honour that somebody has. `person_id` is their account, once they have linked it."""

    __tablename__ = "honoured"
    __table_args__ = (Index("ix_honoured_year", "year", "id"), {"sqlite_autoincrement": True})

    id: Mapped[HonouredId] = mapped_column(BigKey, primary_key=True)
    person_id: Mapped[PersonId | None] = mapped_column(default=None, index=True)
    content: Mapped[bytes | None] = mapped_column(Sealed(("person_id",)), default=None)
    year: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[HonourState] = mapped_column(StrEnumColumn(HonourState, 10), default=HonourState.ACTIVE, index=True)
    changed_at: Mapped[datetime]
    last_trip_on: Mapped[date | None] = mapped_column(default=None)
    """When they last came on a convalescence trip; None: never, so far as is known."""
    entry_index: Mapped[bytes | None] = mapped_column(LargeBinary, default=None, index=True)
    """Of person, title and year."""
    name_index: Mapped[bytes | None] = mapped_column(LargeBinary, default=None, index=True)
    id_index: Mapped[bytes | None] = mapped_column(LargeBinary, default=None, index=True)
    phone_index: Mapped[bytes | None] = mapped_column(LargeBinary, default=None, index=True)
    employer_index: Mapped[bytes | None] = mapped_column(LargeBinary, default=None, index=True)
    link_index: Mapped[bytes | None] = mapped_column(LargeBinary, default=None, index=True)


@dataclass(frozen=True, slots=True)
class Entry:
    """What is sealed of an honour. `nomination` is the number of the case by which it came here. `link` is the secret
    of a link that has not been used; `tries` counts wrong digits for it."""

    name: str
    title: str
    year: int
    employer: str = ""
    id_number: str = ""
    phone: str = ""
    note: str = ""
    nomination: str = ""
    link: str = ""
    tries: int = 0


JSON = SealedJson(Entry)
INDEXED = ("name", "id_number", "phone", "employer")
"""By what an entry is searched."""


def plain(text: str) -> str:
    """What two spellings have in common: without blanks, letters small."""
    return "".join(clean_code(text).casefold().split())


def blinds(vault: Vault, what: str, text: str) -> list[bytes]:
    """The blind indexes of a value, one a key, the current one first; none of an empty value."""
    value = plain(text)
    return vault.blinds(value, f"honoured.{what}") if value else []


def entry_key(entry: Entry) -> str:
    """What tells one honour from another: whose it is (by ID number, else by name), its title and its year."""
    return f"{plain(entry.id_number or entry.name)}/{plain(entry.title)}/{entry.year}"


def indexes(vault: Vault, stored: bytes) -> Mapping[str, bytes | None]:
    """The columns of blind indexes, of a sealed value."""
    entry = JSON.decode(stored)
    found = {
        "entry_index": blinds(vault, "entry", entry_key(entry)),
        "name_index": blinds(vault, "name", entry.name),
        "id_index": blinds(vault, "id_number", entry.id_number),
        "phone_index": blinds(vault, "phone", entry.phone),
        "employer_index": blinds(vault, "employer", entry.employer),
        "link_index": vault.blinds(entry.link, "honoured.link") if entry.link else [],
    }
    return {name: one[0] if one else None for name, one in found.items()}


keys.REINDEXED["honoured.content"] = indexes


def entry_of(session: AsyncSession, row: Honoured) -> Entry:
    assert row.content is not None
    return JSON.decode(sealed_columns.opened(session, row, Honoured.content))


def keep(session: AsyncSession, row: Honoured, entry: Entry) -> None:
    """Seals the entry for whom the row is of now, and sets what it is found by."""
    stored = JSON.encode(entry)
    sealed_columns.seal(session, row, Honoured.content, stored)
    row.year = entry.year
    for name, index in indexes(vault_of(session), stored).items():
        setattr(row, name, index)
