"""Who did what to whose data or rights, in rows that only grow: each carries the hash of the one before.

What a row is about stands in a sealed part, and the chain holds a commitment to it (a digest with a random salt that is
sealed too). So the sealed part can be re-encrypted, and replaced by a sealed word that it was erased, and the chain
still shows that no row was changed, removed or inserted. The end of the chain is sealed apart (`audit_head`), before
there is any entry: who can write to the database but has no key can make no other chain fit, and can't blank a row.

They could put back an older state of the whole log, end included. The head is therefore told outside, too
(schedules/audit_head.py).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple, NewType, cast

import orjson
from sqlalchemy import BigInteger, Index, LargeBinary, String, Table, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage import keys
from storage.column_types import Sealed
from storage.database import Base, vault_of
from storage.dialects import insert_into
from storage.encryption import CannotDecrypt, Vault
from storage.engine.fast_statements import run
from storage.telegram_ids import NOBODY, PersonId

EntryId = NewType("EntryId", int)
"""The place of an entry in the chain, from 1 on."""
THE_CLOCK = NOBODY
"""The actor of what nobody pressed."""

_START = bytes(32)
_ERASED = b'"erased"'
"""What the sealed part of a row says once the person it was about is erased."""
_ONE = 1
_PAGE = 2_000


class AuditAction(StrEnum):
    """What can be done to another person's data or rights, or to everybody. Each feature has its own; a value is unique
    in the bot, and at most 40 characters long."""


class AuditRow(Base):
    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_act", "act", "id"),)

    id: Mapped[EntryId] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[PersonId] = mapped_column(index=True)
    act: Mapped[str] = mapped_column(String(40))
    subject: Mapped[bytes | None] = mapped_column(LargeBinary, default=None, index=True)
    sealed: Mapped[bytes | None] = mapped_column(Sealed, default=None)
    commitment: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class AuditHead(Base):
    """One row: how many rows there are and the hash of the last, sealed."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed: Mapped[bytes] = mapped_column(Sealed)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row, opened. `subject` and `about` are gone where the person was erased."""

    id: EntryId
    at: datetime
    actor: PersonId
    act: str
    subject: int | None
    about: str


class Head(NamedTuple):
    """The end of the chain: how many rows there are and the hash of the last. `blank` counts rows from before 0.8 whose
    sealed part was removed without a word about it."""

    rows: int
    hash: bytes
    blank: int

    @property
    def shown(self) -> str:
        """The beginning of the hash: long enough that no other log ends so."""
        return self.hash.hex()[:16]


class Verified(NamedTuple):
    """What `verify` found: the number of rows, those of erased people, and the first fault (empty: none)."""

    rows: int
    erased: int
    fault: str


async def note(
    session: AsyncSession, actor: PersonId, act: AuditAction, now: datetime, subject: int | None = None, about: str = ""
) -> None:
    """Appends a row in this transaction. `about` says to what it was done; it is sealed."""
    await begin(session)
    row_of_head = await session.get_one(AuditHead, _ONE, with_for_update=True, populate_existing=True)
    head = await _opened_head(session, row_of_head)
    key = head.rows + 1
    content = orjson.dumps([secrets.token_hex(16), subject, about])
    commitment = hashlib.sha256(content).digest()
    row = AuditRow(
        id=key,
        at=now,
        actor=actor,
        act=act.value,
        commitment=commitment,
        subject=None if subject is None else vault_of(session).blind(str(subject), "audit.subject"),
        sealed=vault_of(session).seal(content, "audit.sealed", key),
        hash=_hash(head.hash, key, now, actor, act.value, commitment),
    )
    session.add(row)
    row_of_head.sealed = _sealed_head(session, Head(key, row.hash, head.blank))
    await session.flush()


async def begin(session: AsyncSession) -> None:
    """Seals the end of a log without entries, if there is no end yet; of programs that start together, one does."""
    sealed = _sealed_head(session, Head(0, _START, 0))
    await session.execute(insert_into(session, AuditHead).values(id=_ONE, sealed=sealed).on_conflict_do_nothing())


def _sealed_head(session: AsyncSession, head: Head) -> bytes:
    plain = orjson.dumps([head.rows, head.hash.hex(), head.blank])
    return vault_of(session).seal(plain, "audit_head.sealed", _ONE)


def _indexes(vault: Vault, content: bytes) -> Mapping[str, bytes | None]:
    if content == _ERASED:
        return {"subject": None}
    subject = orjson.loads(content)[1]
    return {"subject": None if subject is None else vault.blind(str(subject), "audit.subject")}


keys.REINDEXED["audit.sealed"] = _indexes


def _hash(last: bytes, key: int, at: datetime, actor: PersonId, act: str, commitment: bytes) -> bytes:
    moment = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
    return hashlib.sha256(last + f"{key}/{moment}/{actor}/{act}/".encode() + commitment).digest()


async def _opened_head(session: AsyncSession, head: AuditHead) -> Head:
    rows, last, *blank = orjson.loads(vault_of(session).open(head.sealed, "audit_head.sealed", _ONE))
    # Version 0.7 did not count them; from the first entry of 0.8 on they are known.
    counted = blank[0] if blank else await session.scalar(_BLANK)
    return Head(int(rows), bytes.fromhex(last), int(counted or 0))


_BLANK = select(func.count()).select_from(AuditRow).where(AuditRow.sealed.is_(None))


async def head(session: AsyncSession) -> Head | None:
    """The end of the chain, as it is sealed; None if there is none."""
    row = await session.get(AuditHead, _ONE)
    return None if row is None else await _opened_head(session, row)


def _opened(session: AsyncSession, row: AuditRow) -> Entry:
    content = None if row.sealed is None else vault_of(session).open(row.sealed, "audit.sealed", row.id)
    _, subject, about = ("", None, "") if content in (None, _ERASED) else orjson.loads(content)
    return Entry(row.id, row.at, row.actor, row.act, subject, about)


async def newest(session: AsyncSession, limit: int = 20, subject: int | None = None) -> list[Entry]:
    """The last rows, newest first; of one person's data or rights, if named."""
    chosen = select(AuditRow).order_by(AuditRow.id.desc()).limit(limit)
    if subject is not None:
        chosen = chosen.where(AuditRow.subject.in_(vault_of(session).blinds(str(subject), "audit.subject")))
    return [_opened(session, row) for row in await session.scalars(chosen)]


async def search(
    session: AsyncSession,
    limit: int,
    before: EntryId | None = None,
    person: PersonId | None = None,
    act: str | None = None,
) -> list[Entry]:
    """Rows below `before`, newest first: what this person did or what was done to them; of one kind."""
    chosen = select(AuditRow).order_by(AuditRow.id.desc()).limit(limit)
    if before is not None:
        chosen = chosen.where(AuditRow.id < before)
    if act is not None:
        chosen = chosen.where(AuditRow.act == act)
    if person is not None:
        theirs = AuditRow.subject.in_(vault_of(session).blinds(str(person), "audit.subject"))
        chosen = chosen.where(theirs | (AuditRow.actor == person))
    return [_opened(session, row) for row in await session.scalars(chosen)]


async def verify(session: AsyncSession) -> Verified:
    """Goes through the whole chain."""
    last, count, erased, blank = _START, 0, 0, 0
    while True:
        rows: Sequence[AuditRow] = (
            await session.scalars(select(AuditRow).where(AuditRow.id > count).order_by(AuditRow.id).limit(_PAGE))
        ).all()
        for row in rows:
            fault = _fault(session, row, count + 1, last)
            if fault:
                return Verified(count, erased, fault)
            last, count = row.hash, row.id
            blank += row.sealed is None
            erased += row.subject is None and (row.sealed is None or _is_erased(session, row))
        session.expunge_all()
        if not rows:
            break
    return Verified(count, erased, await _fault_of_end(session, Head(count, last, blank)))


def _is_erased(session: AsyncSession, row: AuditRow) -> bool:
    return row.sealed is not None and vault_of(session).open(row.sealed, "audit.sealed", row.id) == _ERASED


def _fault(session: AsyncSession, row: AuditRow, expected: int, last: bytes) -> str:
    if row.id != expected:
        return f"row {expected} is missing"
    if row.hash != _hash(last, row.id, row.at, row.actor, row.act, row.commitment):
        return f"row {row.id} was changed, or a row before it was removed or inserted"
    if row.sealed is None:
        return ""
    try:
        content = vault_of(session).open(row.sealed, "audit.sealed", row.id)
    except CannotDecrypt:
        return f"row {row.id}: its sealed part was changed"
    if content == _ERASED:
        return "" if row.subject is None else f"row {row.id}: its subject was replaced"
    subject = orjson.loads(content)[1]
    known = [None] if subject is None else vault_of(session).blinds(str(subject), "audit.subject")
    same = hashlib.sha256(content).digest() == row.commitment and row.subject in known
    return "" if same else f"row {row.id}: its sealed part or its subject was replaced"


async def _fault_of_end(session: AsyncSession, found: Head) -> str:
    try:
        wanted = await head(session)
    except CannotDecrypt:
        return "the end of the chain was changed"
    if wanted is None:
        was_started = await session.get(keys.KeyCheck, _ONE) is not None
        return "the end of the chain is missing" if found.rows or was_started else ""
    if (wanted.rows, wanted.hash) != (found.rows, found.hash):
        return f"the chain ends at row {found.rows}, but {wanted.rows} rows were written"
    return "" if wanted.blank == found.blank else f"the sealed part of {found.blank - wanted.blank} rows was removed"


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[dict[str, str]]:
    """What was done to this person's data or rights, for their copy."""
    entries = await newest(session, 1_000, person_id)
    return [{"at": entry.at.isoformat(), "act": entry.act} for entry in entries]


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    """Rows about this person say no more whom they were about; that something was done, when and by whom stays."""
    theirs = AuditRow.subject.in_(vault_of(session).blinds(str(person_id), "audit.subject"))
    vault = vault_of(session)
    keys = (await session.scalars(select(AuditRow.id).where(theirs))).all()
    if keys:
        blank = [{"key": key, "erased": vault.seal(_ERASED, "audit.sealed", key)} for key in keys]
        await run(session, _STRIP, blank)


_ROWS = cast(Table, AuditRow.__table__)
_STRIP = _ROWS.update().where(_ROWS.c.id == bindparam("key")).values(sealed=bindparam("erased"), subject=None)
"""All rows about somebody by one statement: of whoever has been served for years there are hundreds."""


async def count(session: AsyncSession) -> int:
    return await session.scalar(select(func.count()).select_from(AuditRow)) or 0
