"""The tables of the yearly survey of the situation of honoured people."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from storage.column_types import BigKey, Sealed
from storage.database import Base
from storage.honours.ids import HonouredId, SituationId


class SituationSurvey(Base):
    """One a year."""

    __tablename__ = "situation_surveys"

    id: Mapped[SituationId] = mapped_column(BigKey, primary_key=True)
    year: Mapped[int] = mapped_column(SmallInteger, unique=True)
    opened_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None] = mapped_column(default=None)
    """When those who had not answered were reminded."""
    next_told_at: Mapped[datetime | None] = mapped_column(default=None)
    """When those who keep the register were told that a year has passed."""


class SituationAnswer(Base):
    """What one honoured person has answered: for those who keep the register alone."""

    __tablename__ = "situation_answers"

    survey_id: Mapped[SituationId] = mapped_column(BigInteger, ForeignKey("situation_surveys.id"), primary_key=True)
    honoured_id: Mapped[HonouredId] = mapped_column(BigInteger, ForeignKey("honoured.id"), primary_key=True)
    content: Mapped[bytes] = mapped_column(Sealed)
    at: Mapped[datetime]
