"""The register: adding, changing, finding and removing entries."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import vault_of
from storage.dialects import lock_name
from storage.honours import erasure
from storage.honours.ids import HonouredId
from storage.honours.table import Entry, Honoured, HonourState, blinds, entry_key, entry_of, keep
from storage.refusals import Refused, Repeated
from storage.telegram_ids import PersonId

_FOUND = 10


class NoSuchEntry(Refused):
    """The register has no such entry (any more)."""


class RegisteredAlready(Refused):
    """The register has this honour of this person already."""


class EntryChanged(Repeated):
    """Somebody has changed its state meanwhile."""


async def add(
    session: AsyncSession, entry: Entry, person_id: PersonId | None, now: datetime, state: HonourState | None = None
) -> Honoured:
    """A new entry; of somebody's account, if it is known.

    Raises:
        RegisteredAlready: see the class.
    """
    await lock(session)
    if await same_as(session, entry) is not None:
        raise RegisteredAlready
    row = Honoured(person_id=person_id, year=entry.year, state=state or HonourState.ACTIVE, changed_at=now)
    session.add(row)
    await session.flush()
    keep(session, row, entry)
    return row


async def lock(session: AsyncSession) -> None:
    """Keeps others from adding what this transaction has not found: the same list may be imported by two."""
    await lock_name(session, Honoured.__tablename__)


async def same_as(session: AsyncSession, entry: Entry) -> Honoured | None:
    """The entry of the same honour of the same person, if there is one."""
    wanted = blinds(vault_of(session), "entry", entry_key(entry))
    rows = await session.scalars(select(Honoured).where(Honoured.entry_index.in_(wanted)))
    return next((row for row in rows if entry_key(entry_of(session, row)) == entry_key(entry)), None)


async def find(session: AsyncSession, honoured_id: HonouredId) -> Honoured:
    """Raises NoSuchEntry."""
    row = await session.get(Honoured, honoured_id)
    if row is None:
        raise NoSuchEntry
    return row


async def find_for_update(session: AsyncSession, honoured_id: HonouredId) -> Honoured:
    """The same, locked until the transaction ends. Raises NoSuchEntry."""
    row = await session.get(Honoured, honoured_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NoSuchEntry
    return row


async def change(session: AsyncSession, honoured_id: HonouredId, entry: Entry, now: datetime) -> Honoured:
    """Puts an entry in place of what was; its nomination and its link stay.

    Raises:
        NoSuchEntry, RegisteredAlready: see the classes.
    """
    await lock(session)
    row = await find_for_update(session, honoured_id)
    same = await same_as(session, entry)
    if same is not None and same.id != row.id:
        raise RegisteredAlready
    before = entry_of(session, row)
    keep(session, row, replace(entry, nomination=before.nomination, link=before.link, tries=before.tries))
    row.changed_at = now
    return row


async def set_state(
    session: AsyncSession, honoured_id: HonouredId, seen: HonourState, state: HonourState, now: datetime
) -> Honoured:
    """`seen` is the state in which whoever changes it saw it.

    Raises:
        NoSuchEntry, EntryChanged: see the classes.
    """
    row = await find_for_update(session, honoured_id)
    if row.state is not seen:
        raise EntryChanged
    row.state, row.changed_at = state, now
    return row


async def remove(session: AsyncSession, honoured_id: HonouredId) -> None:
    """The entry, with its answers and offers. Raises NoSuchEntry."""
    row = await find_for_update(session, honoured_id)
    await erasure.remove(session, [row.id])


async def search(session: AsyncSession, *texts: str) -> Sequence[Honoured]:
    """The entries whose name, ID number, phone number or employer is one of these texts."""
    vault = vault_of(session)
    columns = {
        "name": Honoured.name_index,
        "id_number": Honoured.id_index,
        "phone": Honoured.phone_index,
        "employer": Honoured.employer_index,
    }
    hits = [column.in_(blinds(vault, what, text)) for what, column in columns.items() for text in texts]
    rows = await session.scalars(select(Honoured).where(or_(*hits)).order_by(Honoured.year.desc()).limit(_FOUND))
    return rows.all()


async def listed(session: AsyncSession, limit: int, skip: int) -> Sequence[Honoured]:
    """The newest honours first."""
    chosen = select(Honoured).order_by(Honoured.year.desc(), Honoured.id.desc()).offset(skip).limit(limit)
    return (await session.scalars(chosen)).all()


async def of_person(session: AsyncSession, person_id: PersonId) -> Sequence[Honoured]:
    """What this person has linked to their account, the oldest first."""
    chosen = select(Honoured).where(Honoured.person_id == person_id).order_by(Honoured.year, Honoured.id)
    return (await session.scalars(chosen)).all()


async def counts(session: AsyncSession) -> dict[HonourState, int]:
    """How many entries are in which state."""
    rows = await session.execute(select(Honoured.state, func.count()).group_by(Honoured.state))
    return {row[0]: row[1] for row in rows}


async def pages(session: AsyncSession, size: int) -> AsyncIterator[Sequence[Honoured]]:
    """All entries, so many at a time."""
    after = HonouredId(0)
    chosen = select(Honoured).order_by(Honoured.id).limit(size)
    while page := (await session.scalars(chosen.where(Honoured.id > after))).all():
        yield page
        after = page[-1].id
