"""The tables of the result, of what was promised, and of asking riders whether it is kept.

An answer is counted and never kept: the counters of a commitment are one row, and the roll says of a person only which
commitments they have answered about, without a time. The roll goes when the asking closes.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.campaigns.ids import AskingId, CampaignId, ClauseId, CommitmentId
from storage.column_types import BigKey, StrEnumColumn
from storage.database import Base
from storage.refusals import Refused, Repeated
from storage.telegram_ids import NOBODY, PersonId

LONGEST = 300


class Outcome(StrEnum):
    SIGNED = "signed"
    NOT_SIGNED = "not_signed"
    TALKS_GO_ON = "talks_go_on"


class CommitmentState(StrEnum):
    OPEN = "open"
    KEPT = "kept"
    NOT_KEPT = "not_kept"
    CHANGED = "changed"


class AskingState(StrEnum):
    PLANNED = "planned"
    LAYING = "laying"
    """Its roll is being laid down."""
    OPEN = "open"
    CLOSING = "closing"
    """Its roll is being removed."""
    CLOSED = "closed"


class Said(StrEnum):
    """What a rider answers."""

    KEPT = "kept"
    NOT_KEPT = "not_kept"
    CANNOT_TELL = "cannot_tell"


class NoResultYet(Refused):
    """The campaign has not come to its result."""


class ResultIsOut(Repeated):
    """Somebody has published it meanwhile."""


class NoSuchCommitment(Repeated):
    """It was taken out, or riders are not asked about it."""


class TooManyCommitments(Refused):
    """More than MOST of one campaign."""


class WasAsked(Refused):
    """Riders have been asked about it; it stays, with its state."""


class AskingOver(Refused):
    """Riders are asked no more, or not yet."""


class NotOnTheRoll(Refused):
    """They came after the asking began."""


class AnsweredAlready(Repeated):
    """This person has answered about this commitment."""


class Result(Base):
    __tablename__ = "campaign_results"

    campaign_id: Mapped[CampaignId] = mapped_column(ForeignKey("campaigns.id"), primary_key=True)
    outcome: Mapped[Outcome] = mapped_column(StrEnumColumn(Outcome, 12))
    sentence: Mapped[str] = mapped_column(String(LONGEST))
    published_at: Mapped[datetime]


class Commitment(Base):
    """`note` says why its state is what it is."""

    __tablename__ = "commitments"

    id: Mapped[CommitmentId] = mapped_column(BigKey, primary_key=True)
    campaign_id: Mapped[CampaignId] = mapped_column(ForeignKey("campaigns.id"), index=True)
    clause_id: Mapped[ClauseId | None] = mapped_column(ForeignKey("clauses.id"), default=None)
    what: Mapped[str] = mapped_column(String(LONGEST))
    due: Mapped[datetime | None] = mapped_column(default=None)
    state: Mapped[CommitmentState] = mapped_column(StrEnumColumn(CommitmentState, 10), default=CommitmentState.OPEN)
    note: Mapped[str] = mapped_column(String(LONGEST), default="")


class Asking(Base):
    """Riders are asked about the commitments that are due then, or a year after the result about all."""

    __tablename__ = "commitment_askings"

    id: Mapped[AskingId] = mapped_column(BigKey, primary_key=True)
    campaign_id: Mapped[CampaignId] = mapped_column(ForeignKey("campaigns.id"), index=True)
    due: Mapped[datetime]
    is_yearly: Mapped[bool]
    state: Mapped[AskingState] = mapped_column(StrEnumColumn(AskingState, 10), default=AskingState.PLANNED)
    closes_at: Mapped[datetime | None] = mapped_column(default=None)
    laid_to: Mapped[PersonId] = mapped_column(default=NOBODY)


class AskingItem(Base):
    """What one asking has counted about one commitment; `position` is its bit in the roll. At
    the close the counters become the figures that are shown (0: hidden)."""

    __tablename__ = "commitment_tallies"

    asking_id: Mapped[AskingId] = mapped_column(ForeignKey("commitment_askings.id"), primary_key=True)
    commitment_id: Mapped[CommitmentId] = mapped_column(ForeignKey("commitments.id"), primary_key=True)
    position: Mapped[int]
    kept: Mapped[int] = mapped_column(default=0)
    not_kept: Mapped[int] = mapped_column(default=0)
    cannot_tell: Mapped[int] = mapped_column(default=0)


class AskedPerson(Base):
    """Somebody on the roll of an asking. `answered` has a bit for each commitment that they have answered about."""

    __tablename__ = "commitment_rolls"

    asking_id: Mapped[AskingId] = mapped_column(ForeignKey("commitment_askings.id"), primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(primary_key=True, autoincrement=False)
    answered: Mapped[int] = mapped_column(BigInteger, default=0)
