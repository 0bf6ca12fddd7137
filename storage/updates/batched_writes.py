"""Rows that an update only adds, without having read anything: they share one transaction with others of the moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from sqlalchemy.ext.asyncio import AsyncSession

from storage.people import people
from storage.stations import searches
from storage.stations.searches import Search
from storage.telegram_ids import PersonId


@dataclass(frozen=True, slots=True)
class Seen:
    """This person wrote to the bot."""

    person_id: PersonId
    language: str
    username: str = ""


Append: TypeAlias = Search | Seen


async def write(session: AsyncSession, rows: Sequence[Append], now: datetime) -> None:
    """Adds all rows; each kind by one statement."""
    seen = {row.person_id: row.language for row in rows if isinstance(row, Seen)}
    if seen:
        names = {row.person_id: row.username for row in rows if isinstance(row, Seen)}
        await people.seen_all(session, seen, now, names)
    found = [row for row in rows if isinstance(row, Search)]
    if found:
        await searches.add_all(session, found)
