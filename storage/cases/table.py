"""The tables of cases: what somebody brings to a desk, who takes care of it, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import BigInteger, Index, SmallInteger, String, false, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage import sealed_columns
from storage.cases.ids import CaseId, CollectiveId
from storage.column_types import BigKey, IntEnumColumn, Sealed, StrEnumColumn
from storage.database import Base
from storage.dialogues import Answers
from storage.refusals import Refused
from storage.sealed_json import SealedJson
from storage.telegram_ids import PersonId, TopicId


class Side(IntEnum):
    """Who said it. A note is the handlers' own and never reaches the rider."""

    RIDER = 0
    HANDLER = 1
    NOTE = 2


class CaseState(IntEnum):
    """Whom a case waits for."""

    OURS = 0
    RIDERS = 1
    CLOSED = 2


class Outcome(StrEnum):
    """How a case ended. Approved and refused are those with levels."""

    SETTLED = "settled"
    ADVISED = "advised"
    REFERRED = "referred"
    NOT_OURS = "not_ours"
    WITHDRAWN = "withdrawn"
    APPROVED = "approved"
    REFUSED = "refused"


class NoSuchCase(Refused):
    """There is none of this number for this person."""


class CaseInDoubt(Refused):
    """The database says something else of the case than its seal: something other than this program has changed it."""


_FIGURES = ("due_at", "first_answer_at", "closed_at", "rating", "person_id")
"""What the statistics read of every case: an index that has it spares them the cases themselves, which are long."""


def _where(condition: str) -> dict[str, Any]:
    """Of an index of the rows for which this holds."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class Case(Base):
    """`person_id` is None where the case is anonymous, or its personal part is gone."""

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_queue", "desk", "assigned_to", "state", "urgent_at"),
        Index("ix_cases_opened", "desk", "opened_at", *_FIGURES),
        Index("ix_cases_forgotten", "desk", "opened_at", **_where("content IS NULL")),
        Index("ix_cases_state", "state", "last_at"),
        Index("ix_cases_at_level", "state", "level_since", **_where("level > 0")),
        Index("ix_cases_doubted", "last_at", **_where("doubt_told IS NOT NULL")),
        {"sqlite_autoincrement": True},  # an old button must never open a later case
    )

    id: Mapped[CaseId] = mapped_column(BigKey, primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    desk: Mapped[str] = mapped_column(String(15))
    person_id: Mapped[PersonId | None] = mapped_column(default=None, index=True)
    state: Mapped[CaseState] = mapped_column(IntEnumColumn(CaseState), default=CaseState.OURS)
    content: Mapped[bytes | None] = mapped_column(Sealed(("number",)), default=None)
    consent_version: Mapped[int]
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    next_escalation_at: Mapped[datetime | None] = mapped_column("late_at", default=None, index=True)
    escalation_level: Mapped[int] = mapped_column("late_level", SmallInteger, default=0)
    first_answer_at: Mapped[datetime | None] = mapped_column(default=None)
    last_at: Mapped[datetime]
    writing_until: Mapped[datetime | None] = mapped_column(default=None)
    assigned_to: Mapped[PersonId | None] = mapped_column(default=None, index=True)
    assigned_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None, index=True)
    outcome: Mapped[Outcome | None] = mapped_column(StrEnumColumn(Outcome, 20), default=None)
    rating: Mapped[int | None] = mapped_column(SmallInteger, default=None)
    rider_unreachable: Mapped[bool] = mapped_column("away", default=False)
    """Whether the handler was told that the rider can't be reached."""
    topic_id: Mapped[TopicId | None] = mapped_column(BigInteger, default=None)
    topic_shows: Mapped[str | None] = mapped_column(String(40), default=None)
    urgent_at: Mapped[datetime | None] = mapped_column(default=None)
    """Since when it is known that somebody may be in danger."""
    urgent_due_at: Mapped[datetime | None] = mapped_column(default=None, index=True)
    """Until when an answer to that is due; None once there is one."""
    urgent_told: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether coordinators and admins know that there was none in time."""
    parties: Mapped[bytes | None] = mapped_column(Sealed, default=None)
    """Whose case it is, who takes care of it and more, sealed: see storage/cases/parties.py."""
    level: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    """At which level of its desk it is, from 1; 0 where the desk has none."""
    level_since: Mapped[datetime | None] = mapped_column(default=None)
    place: Mapped[str] = mapped_column(String(20), default="", server_default="")
    """The key of the place that it is about, where its desk assigns reviewers by place; else empty."""
    collective_id: Mapped[CollectiveId | None] = mapped_column(BigInteger, default=None, index=True)
    """The collective case that it is joined to: see storage/cases/collectives.py."""
    doubt_told: Mapped[bytes | None] = mapped_column(Sealed, default=None)
    """Sealed once the admins know that the case is in doubt: see storage/cases/doubts.py."""


class CaseConflict(Base):
    """From whom a case is hidden, to be searched; what counts is sealed with the case."""

    __tablename__ = "case_conflicts"

    case_id: Mapped[CaseId] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    person_id: Mapped[PersonId] = mapped_column(primary_key=True, autoincrement=False, index=True)


@dataclass(slots=True)
class CaseContent:
    """What the case is about: its kind, the platform, the day it happened (ISO, empty: not sure), how the person may be
    called (empty: withheld), and the other answers by question."""

    kind: str = ""
    platform: str = ""
    on: str = ""
    name: str = ""
    answers: Answers = field(default_factory=dict)


_CONTENT = SealedJson(CaseContent)


def content_of(session: AsyncSession, row: Case) -> CaseContent:
    """Empty once the personal part is gone."""
    if row.content is None:
        return CaseContent()
    return _CONTENT.decode(sealed_columns.opened(session, row, Case.content))


def seal_content(session: AsyncSession, row: Case, content: CaseContent) -> None:
    """Keeps what the case is about. The row has an id by then."""
    sealed_columns.seal(session, row, Case.content, _CONTENT.encode(content))
