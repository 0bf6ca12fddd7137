"""Evidence: files that belong to a case, kept encrypted, with their digest, time and side.

They lie in the database, in pieces, so that every replica has them and each backup holds them.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, SmallInteger, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage import sealed_columns
from storage.cases.files import file_kinds
from storage.cases.ids import CaseId, CaseMessageId, EvidenceId
from storage.cases.table import Side
from storage.column_types import BigKey, IntEnumColumn, Sealed
from storage.database import Base, vault_of
from storage.sealed_json import SealedJson

PIECE = 256 << 10
MOST_TRIES = 8


class Evidence(Base):
    """`fetched_at` is None until the bytes are here; `next_try` None once they are, or once it was given up."""

    __tablename__ = "evidence"

    id: Mapped[EvidenceId] = mapped_column(BigKey, primary_key=True)
    case_id: Mapped[CaseId] = mapped_column(BigInteger, index=True)
    message_id: Mapped[CaseMessageId] = mapped_column(BigInteger, index=True)
    side: Mapped[Side] = mapped_column(IntEnumColumn(Side))
    at: Mapped[datetime]
    size: Mapped[int] = mapped_column(BigInteger)
    content: Mapped[bytes] = mapped_column(Sealed(("case_id", "message_id")))
    fetched_at: Mapped[datetime | None] = mapped_column(default=None)
    tries: Mapped[int] = mapped_column(SmallInteger, default=0)
    next_try: Mapped[datetime | None] = mapped_column(default=None, index=True)


class EvidencePiece(Base):
    """A piece belongs to the file that lists it (`EvidenceFile.pieces`), whatever its row says."""

    __tablename__ = "evidence_pieces"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    evidence_id: Mapped[EvidenceId] = mapped_column(BigInteger, index=True)
    piece: Mapped[int]
    content: Mapped[bytes] = mapped_column(Sealed)


@dataclass(slots=True)
class EvidenceFile:
    """A file's name and type as its sender's app gave them, Telegram's id of it, the SHA-256 of its bytes (hex; empty
    until they are here), the ending that they bear out (see `checked_file`), and its pieces in their order."""

    name: str
    mime: str
    file_id: str
    sha256: str = ""
    ending: str = file_kinds.OTHER
    pieces: list[int] = field(default_factory=list)


_FILE = SealedJson(EvidenceFile)


def file_of(session: AsyncSession, row: Evidence) -> EvidenceFile:
    """The name, type and Telegram id of the file, unsealed."""
    return _FILE.decode(sealed_columns.opened(session, row, Evidence.content))


async def checked_file(session: AsyncSession, row: Evidence) -> EvidenceFile:
    """The same, with the ending under which the file is handed on: its sender may have called it anything."""
    file = file_of(session, row)
    async for piece in pieces(session, row, limit=1):
        file.ending = file_kinds.ending_of(file.name, piece)
    return file


def _keep(session: AsyncSession, row: Evidence, file: EvidenceFile) -> None:
    sealed_columns.seal(session, row, Evidence.content, _FILE.encode(file))


async def add(
    session: AsyncSession,
    case_id: CaseId,
    message_id: CaseMessageId,
    side: Side,
    file: EvidenceFile,
    size: int,
    now: datetime,
) -> Evidence:
    """A file that is still to be fetched."""
    row = Evidence(case_id=case_id, message_id=message_id, side=side, at=now, size=size, content=b"", next_try=now)
    session.add(row)
    await session.flush()
    _keep(session, row, file)
    return row


TABLES = frozenset({Evidence.__tablename__})


async def to_fetch(session: AsyncSession, now: datetime, limit: int = 4) -> list[tuple[EvidenceId, str]]:
    """(number, file_id) of what is to be fetched now; only reads."""
    rows = await session.scalars(
        select(Evidence).where(Evidence.next_try <= now).order_by(Evidence.next_try, Evidence.id).limit(limit)
    )
    return [(row.id, file_of(session, row).file_id) for row in rows]


@dataclass(slots=True)
class Storing:
    """A file of which `pieces` are kept so far, `size` bytes with this digest."""

    evidence_id: EvidenceId
    digest: Any
    pieces: list[int] = field(default_factory=list)
    size: int = 0


async def begin_storing(session: AsyncSession, evidence_id: EvidenceId) -> Storing | None:
    """Makes way for the pieces of a file; None if it was fetched already, or is gone."""
    if await _to_store(session, evidence_id) is None:
        return None
    await _drop_pieces(session, evidence_id)
    return Storing(evidence_id, hashlib.sha256())


async def store_piece(session: AsyncSession, storing: Storing, piece: bytes) -> Storing | None:
    """Keeps the next piece (PIECE bytes at most), sealed; None if the file is gone meanwhile."""
    if await _to_store(session, storing.evidence_id) is None:
        return None
    kept = EvidencePiece(evidence_id=storing.evidence_id, piece=len(storing.pieces), content=b"")
    session.add(kept)
    await session.flush()
    kept.content = await asyncio.to_thread(vault_of(session).seal, piece, "evidence_pieces.content", kept.id)
    await asyncio.to_thread(storing.digest.update, piece)
    storing.pieces.append(kept.id)
    storing.size += len(piece)
    return storing


async def end_storing(session: AsyncSession, storing: Storing, now: datetime) -> None:
    """From now on it counts as fetched."""
    row = await _to_store(session, storing.evidence_id)
    if row is not None:
        file = file_of(session, row)
        file.sha256, file.pieces = storing.digest.hexdigest(), storing.pieces
        _keep(session, row, file)
        row.size, row.fetched_at, row.next_try = storing.size, now, None


async def _to_store(session: AsyncSession, evidence_id: EvidenceId) -> Evidence | None:
    row = await session.get(Evidence, evidence_id, with_for_update=True)
    return row if row is not None and row.fetched_at is None else None


async def _drop_pieces(session: AsyncSession, evidence_id: EvidenceId) -> None:
    """Of a file whose storing did not come to its end."""
    await session.execute(delete(EvidencePiece).where(EvidencePiece.evidence_id == evidence_id))


async def put_off(session: AsyncSession, evidence_id: EvidenceId, now: datetime) -> None:
    """It could not be fetched: again later, with growing pauses, and after MOST_TRIES no more."""
    row = await _to_store(session, evidence_id)
    if row is not None:
        row.tries += 1
        row.next_try = None if row.tries >= MOST_TRIES else now + timedelta(seconds=2.0**row.tries)
        await _drop_pieces(session, evidence_id)


async def of_case(session: AsyncSession, case_id: CaseId) -> Sequence[Evidence]:
    """In the order in which they came."""
    rows = await session.scalars(select(Evidence).where(Evidence.case_id == case_id).order_by(Evidence.id))
    return rows.all()


async def find(session: AsyncSession, evidence_id: EvidenceId, case_id: CaseId) -> Evidence | None:
    """A file of this case; None if it has none of this number."""
    row = await session.get(Evidence, evidence_id)
    return row if row is not None and row.case_id == case_id else None


async def pieces(session: AsyncSession, row: Evidence, limit: int | None = None) -> AsyncIterator[bytes]:
    """The bytes of a file, piece by piece; of the first `limit` pieces."""
    for key in file_of(session, row).pieces[:limit]:
        piece = await piece_of(session, key)
        if piece is not None:
            yield piece


async def piece_of(session: AsyncSession, key: int) -> bytes | None:
    """One of the pieces that a file lists; None once it is gone."""
    sealed = await session.scalar(select(EvidencePiece.content).where(EvidencePiece.id == key))
    return (
        None
        if sealed is None
        else await asyncio.to_thread(vault_of(session).open, sealed, "evidence_pieces.content", key)
    )


async def shown_type(session: AsyncSession, row: Evidence) -> str | None:
    """As what a browser may show the file, by its first bytes; None if it is not here, or is of no such kind."""
    async for piece in pieces(session, row, limit=1):
        return file_kinds.shown_type(piece)
    return None


async def move(session: AsyncSession, message_id: CaseMessageId, case_id: CaseId) -> None:
    """Lets the file of a message follow it into another case."""
    for row in await session.scalars(select(Evidence).where(Evidence.message_id == message_id)):
        file = file_of(session, row)
        row.case_id = case_id
        _keep(session, row, file)


async def strip(session: AsyncSession, case_id: CaseId) -> None:
    """Removes all of a case."""
    await _remove(session, Evidence.case_id == case_id)


async def strip_messages(session: AsyncSession, message_ids: Select[CaseMessageId]) -> None:
    """Removes the files of these messages, whatever case their rows name."""
    await _remove(session, Evidence.message_id.in_(message_ids))


async def _remove(session: AsyncSession, which: ColumnElement[bool]) -> None:
    theirs = select(Evidence.id).where(which)
    await session.execute(delete(EvidencePiece).where(EvidencePiece.evidence_id.in_(theirs)))
    await session.execute(delete(Evidence).where(which))
