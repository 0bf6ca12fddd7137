"""What is said in a case, by the rider and by the handler, and how it gets to the other side: relayed, so that neither
sees the other's account.

Each message is kept once, sealed; its copies for the other side are deliveries about it, sent in order. Which message a
reply means is found by those copies.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import BigInteger, Index, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage import sealed_columns
from storage.cases import access, cases, contexts, copies, levels
from storage.cases.copies import CASE_EDIT, CASE_MESSAGE, CASE_RECALL
from storage.cases.desks import EvidenceQuota
from storage.cases.files import evidence, evidence_quota
from storage.cases.files.evidence import EvidenceFile
from storage.cases.ids import CaseId, CaseMessageId
from storage.cases.table import Case, CaseState, NoSuchCase, Side
from storage.column_types import BigKey, IntEnumColumn, Sealed
from storage.database import Base
from storage.deliveries import ordering
from storage.sealed_json import SealedJson, once_a_list
from storage.telegram_ids import MessageId, PersonId

_QUOTA = EvidenceQuota()
REPLAYED = 500
"""The most messages that are shown again to whoever takes a case over."""


class CaseMessage(Base):
    """`source_message` is the message in its author's chat."""

    __tablename__ = "case_messages"
    __table_args__ = (Index("ix_case_messages_source", "author", "source_message"),)

    id: Mapped[CaseMessageId] = mapped_column(BigKey, primary_key=True)
    case_id: Mapped[CaseId] = mapped_column(BigInteger, index=True)
    side: Mapped[Side] = mapped_column(IntEnumColumn(Side))
    author: Mapped[PersonId | None] = mapped_column(default=None)
    source_message: Mapped[MessageId | None] = mapped_column(BigInteger, default=None)
    at: Mapped[datetime]
    content: Mapped[bytes] = mapped_column(Sealed(("case_id", "side")))


@dataclass(frozen=True, slots=True)
class Edit:
    """What an edit took away: when, and the text until then."""

    at: datetime
    text: str


@dataclass(slots=True)
class Said:
    """A message: `kind` is "text" or that of its file (photo, document, voice, video, audio); `entities` are those of
    `text`, which for a file is its caption. `answers` is the message of the case that it replies to. `was` has
    its edits, the oldest first. `asked` are the colleagues to whom a handler's question was shown."""

    kind: str = "text"
    text: str = ""
    entities: list[Any] = field(default_factory=list)
    file_id: str = ""
    file_name: str = ""
    mime: str = ""
    size: int = 0
    album: str = ""
    forwarded: bool = False
    answers: CaseMessageId | None = None
    was: list[Annotated[Edit, once_a_list(Edit)]] = field(default_factory=list)
    asked: list[PersonId] = field(default_factory=list)


_SAID = SealedJson(Said)


def said_in(session: AsyncSession, row: CaseMessage) -> Said:
    return _SAID.decode(sealed_columns.opened(session, row, CaseMessage.content))


def _keep(session: AsyncSession, row: CaseMessage, said: Said) -> None:
    sealed_columns.seal(session, row, CaseMessage.content, _SAID.encode(said))


async def say(
    session: AsyncSession,
    case: Case,
    side: Side,
    author: PersonId | None,
    source_message: MessageId | None,
    said: Said,
    now: datetime,
    quota: EvidenceQuota = _QUOTA,
) -> CaseMessage:
    """Keeps a message and sends it to the other side, if there is one yet. A file has to have room in the `quota`.

    A rider who writes in no case writes in this one from then on, when its handler has spoken.

    Raises:
        CaseClosed: see the class.
        EvidenceFull: see the class. Nothing was kept then.
    """
    cases.require_open(case)
    if said.file_id:
        await evidence_quota.require_room_in_case(session, quota, case, said.size)
        rider = case.person_id if side is Side.RIDER else None
        await evidence_quota.require_room_at_desk(session, quota, case.desk, rider, said.size, now)
    row = CaseMessage(case_id=case.id, side=side, author=author, source_message=source_message, at=now, content=b"")
    session.add(row)
    await session.flush()
    _keep(session, row, said)
    if said.file_id:
        file = EvidenceFile(said.file_name, said.mime, said.file_id)
        await evidence.add(session, case.id, row.id, side, file, said.size, now)
    if side is not Side.NOTE:
        _note(case, side, now)
    if side is Side.HANDLER and case.person_id is not None:
        await contexts.enter_if_free(session, case.person_id, case.id, now)
    recipient = other_side(case, side)
    if recipient is not None:
        await ordering.queue(session, recipient, CASE_MESSAGE, row.id, now)
    return row


def _note(case: Case, side: Side, now: datetime) -> None:
    if side is Side.RIDER and case.level and case.state == CaseState.RIDERS:
        levels.run_clock(case, now)
    case.last_at = now
    cases.note_writing(case, now)
    if side is Side.RIDER:
        case.state = CaseState.OURS
        return
    case.state, case.urgent_due_at = CaseState.RIDERS, None
    if case.level:
        case.next_escalation_at = None  # the clock stands still until they answer
    if case.first_answer_at is None:
        case.first_answer_at, case.next_escalation_at = now, None


def other_side(case: Case, side: Side) -> PersonId | None:
    """Who hears what this side says."""
    return {Side.RIDER: case.assigned_to, Side.HANDLER: case.person_id, Side.NOTE: None}[side]


async def find(session: AsyncSession, message_id: CaseMessageId) -> CaseMessage | None:
    return await session.get(CaseMessage, message_id)


async def question_to(session: AsyncSession, message_id: CaseMessageId, colleague: PersonId) -> CaseMessage:
    """A handler's question that was shown to this colleague. Raises NoSuchCase."""
    row = await find(session, message_id)
    if row is None or row.side != Side.NOTE or colleague not in said_in(session, row).asked:
        raise NoSuchCase
    return row


async def last_of(session: AsyncSession, case_id: CaseId, author: PersonId) -> CaseMessage | None:
    """What this person wrote last in the talk of the case; what they told in its form is not meant."""
    return await session.scalar(
        select(CaseMessage)
        .where(CaseMessage.case_id == case_id, CaseMessage.author == author, CaseMessage.source_message.is_not(None))
        .order_by(CaseMessage.id.desc())
        .limit(1)
    )


async def were_said(
    session: AsyncSession, case_id: CaseId, author: PersonId, texts: Collection[str], after: CaseMessageId
) -> bool:
    """Whether this person has said all of these in the case after this message: a form may be sent twice."""
    rows = await session.scalars(
        select(CaseMessage).where(CaseMessage.case_id == case_id, CaseMessage.author == author, CaseMessage.id > after)
    )
    return set(texts) <= {said_in(session, row).text for row in rows}


async def is_last(session: AsyncSession, kept: CaseMessage) -> bool:
    """Whether nothing was said in the case after it."""
    later = select(CaseMessage.id).where(CaseMessage.case_id == kept.case_id, CaseMessage.id > kept.id).limit(1)
    return await session.scalar(later) is None


async def of_source(session: AsyncSession, author: PersonId, source_message: MessageId | None) -> Sequence[CaseMessage]:
    """What a message in its author's chat became: one, or several where it was too long."""
    rows = await session.scalars(
        select(CaseMessage)
        .where(CaseMessage.author == author, CaseMessage.source_message == source_message)
        .order_by(CaseMessage.id)
    )
    return rows.all()


async def in_chat(session: AsyncSession, person_id: PersonId, message_id: MessageId) -> CaseMessage | None:
    """The message of a case that stands as this one in a person's chat: said there, or copied there."""
    own = await of_source(session, person_id, message_id)
    if own:
        return own[-1]
    about = await copies.message_at(session, person_id, message_id)
    return None if about is None else await find(session, about)


async def place_of(session: AsyncSession, row: CaseMessage, person_id: PersonId) -> MessageId | None:
    """The message by which it stands in a person's chat; None if it does not (yet)."""
    if row.author == person_id:
        return row.source_message
    return await copies.place(session, person_id, row.id)


async def edit(session: AsyncSession, row: CaseMessage, text: str, entities: list[Any], now: datetime) -> bool:
    """Its author changed it: what stood there is kept beside it, and the other side's copy is changed; False if it says
    the same as before."""
    case = await access.find_for_update(session, row.case_id)
    said = said_in(session, row)
    if case is None or (said.text, said.entities) == (text, entities):
        return False
    cases.require_open(case)
    said.was.append(Edit(now, said.text))
    said.text, said.entities = text, entities
    _keep(session, row, said)
    cases.note_writing(case, now)
    recipient = other_side(case, row.side)
    if recipient is not None:
        await ordering.queue(session, recipient, CASE_EDIT, row.id, now)
    return True


async def move(
    session: AsyncSession, row: CaseMessage, old: Case, new: Case, now: datetime, quota: EvidenceQuota = _QUOTA
) -> None:
    """It was meant for another case: it is taken back from the one and said in the other, with its evidence.

    Raises:
        CaseClosed: one of the cases is closed.
        EvidenceFull: it brings a file for which the other case has no room.
    """
    cases.require_open(old)
    cases.require_open(new)
    said = said_in(session, row)
    if said.file_id:
        await evidence_quota.require_room_in_case(session, quota, new, said.size)
    side = row.side
    wrong, right = other_side(old, side), other_side(new, side)
    if wrong is not None and not await copies.take_back(session, wrong, CASE_MESSAGE, row.id):
        await ordering.queue(session, wrong, CASE_RECALL, row.id, now)
    row.case_id = new.id
    _keep(session, row, said)
    await evidence.move(session, row.id, new.id)
    _note(new, side, now)
    if right is not None:
        await ordering.queue(session, right, CASE_MESSAGE, row.id, now)


async def talk_of(session: AsyncSession, case_id: CaseId, *, notes: bool = False) -> Sequence[CaseMessage]:
    """All of it in order, the newest REPLAYED; the handlers' notes only where asked for."""
    chosen = CaseMessage.case_id == case_id
    if not notes:
        chosen &= CaseMessage.side != Side.NOTE
    rows = await session.scalars(select(CaseMessage).where(chosen).order_by(CaseMessage.id.desc()).limit(REPLAYED))
    return list(reversed(rows.all()))


async def replay(session: AsyncSession, case: Case, handler: PersonId, now: datetime) -> int:
    """Sends all of it to whoever takes the case; returns how many messages that are."""
    rows = await talk_of(session, case.id, notes=True)
    for row in rows:
        await ordering.queue(session, handler, CASE_MESSAGE, row.id, now)
    return len(rows)


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[dict[str, Any]]:
    """What was said in this person's cases, to them or by them."""
    found = []
    for case in await access.cases_of(session, person_id, limit=1_000):
        for row in await talk_of(session, case.id):
            said = said_in(session, row)
            found.append(
                {
                    "case": case.number,
                    "at": row.at,
                    "by": row.side.name.lower(),
                    "kind": said.kind,
                    "text": said.text,
                    "file": said.file_name,
                    "before_edits": [(edit.at, edit.text) for edit in said.was],
                }
            )
    return found
