"""The tables of ballots.

While a ballot is open, each person entitled has a paper with an envelope that is sealed to the trustees' key; the
server can't open one, nor tell a blank one from a vote. At the close the envelopes become the one value of a box,
sorted by their SHA-256, and of the papers remains who has voted.
"""

from __future__ import annotations

import json
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.campaigns.ballots.terms import Terms
from storage.campaigns.ballots.thresholds import RuleName
from storage.campaigns.ids import BallotId, CampaignId
from storage.column_types import BigKey, StrEnumColumn
from storage.database import Base
from storage.telegram_ids import NOBODY, PersonId


class State(StrEnum):
    PREPARED = "prepared"
    """Only coordinators see it."""
    FREEZING = "freezing"
    """The papers are being laid down."""
    OPEN = "open"
    CLOSED = "closed"
    """The box waits for the trustees."""
    PUBLISHED = "published"
    NOT_OPENED = "not_opened"
    """Too few were entitled or took part: box and papers are gone."""


class Ballot(Base):
    """`terms` is the JSON of Terms, as it is announced."""

    __tablename__ = "ballots"

    id: Mapped[BallotId] = mapped_column(BigKey, primary_key=True)
    campaign_id: Mapped[CampaignId] = mapped_column(ForeignKey("campaigns.id"), index=True)
    terms: Mapped[str] = mapped_column(Text)
    rule: Mapped[RuleName] = mapped_column(StrEnumColumn(RuleName, 20))
    key: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    """The public half. It is of one ballot alone: once its box has been opened, shares of it have met."""
    state: Mapped[State] = mapped_column(StrEnumColumn(State, 12), default=State.PREPARED)
    closes_at: Mapped[datetime]
    frozen_to: Mapped[PersonId] = mapped_column(default=NOBODY)
    roll_size: Mapped[int] = mapped_column(default=0)
    roll_hash: Mapped[bytes] = mapped_column(LargeBinary)
    opened_by: Mapped[PersonId] = mapped_column(default=NOBODY)
    opened_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_by: Mapped[PersonId] = mapped_column(default=NOBODY)
    """NOBODY: the clock."""
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    cast: Mapped[int | None] = mapped_column(default=None)
    """Papers in the box; known from the close on."""
    box_hash: Mapped[str] = mapped_column(String(64), default="")
    published_by: Mapped[PersonId] = mapped_column(default=NOBODY)
    published_at: Mapped[datetime | None] = mapped_column(default=None)

    @property
    def as_said(self) -> Terms:
        """What is voted on, and how."""
        return Terms.read(json.loads(self.terms))


class Paper(Base):
    """One for each person entitled, while the ballot is open. All are written alike, and none has a time."""

    __tablename__ = "ballot_papers"

    ballot_id: Mapped[BallotId] = mapped_column(ForeignKey("ballots.id"), primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(primary_key=True, autoincrement=False, index=True)
    envelope: Mapped[bytes] = mapped_column(LargeBinary)
    voted: Mapped[bool] = mapped_column(default=False)


class Voter(Base):
    """What remains of the papers after the close: who took part."""

    __tablename__ = "ballot_voters"

    ballot_id: Mapped[BallotId] = mapped_column(ForeignKey("ballots.id"), primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(primary_key=True, autoincrement=False, index=True)
    voted: Mapped[bool]


class BallotFile(Base):
    """The closed box, until the result is there; then the result, as it was published."""

    __tablename__ = "ballot_files"

    ballot_id: Mapped[BallotId] = mapped_column(ForeignKey("ballots.id"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
