"""The tables of the draft agreement: its versions, the clauses that stay the same clause over them, and their texts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.campaigns.ids import AliasId, CampaignId, ClauseId, CommentId, DemandId, VersionId
from storage.column_types import BigKey, Sealed
from storage.database import Base
from storage.refusals import Refused, Repeated

LONGEST_WHY = 300


class NoSuchVersion(Repeated):
    """It was thrown away, or replaced by another file."""


class NoSuchClause(Refused):
    """Nobody can see it yet, or it is of a version that was thrown away."""


class DraftComesLater(Refused):
    """Riders are asked about demands first; the campaign has not moved on to the draft agreement."""


class IsPublished(Repeated):
    """Everybody has been told of this version; it can't be changed any more."""


class DraftOver(Refused):
    """The campaign has not begun, has no draft, or is past it."""


class Agreement(Base):
    """Of one campaign. Its secret makes the aliases of those who comment; it is thrown away with what it leads to."""

    __tablename__ = "agreements"

    campaign_id: Mapped[CampaignId] = mapped_column(ForeignKey("campaigns.id"), primary_key=True)
    secret: Mapped[bytes | None] = mapped_column(Sealed, default=None)


class Version(Base):
    """It has no number until it is published."""

    __tablename__ = "agreement_versions"
    __table_args__ = (UniqueConstraint("campaign_id", "number"),)

    id: Mapped[VersionId] = mapped_column(BigKey, primary_key=True)
    campaign_id: Mapped[CampaignId] = mapped_column(ForeignKey("agreements.campaign_id"))
    number: Mapped[int | None] = mapped_column(default=None)
    published_at: Mapped[datetime | None] = mapped_column(default=None)


class ClauseRow(Base):
    """A clause in all versions that have it; `why` is a coordinator's sentence."""

    __tablename__ = "clauses"

    id: Mapped[ClauseId] = mapped_column(BigKey, primary_key=True)
    campaign_id: Mapped[CampaignId] = mapped_column(ForeignKey("agreements.campaign_id"), index=True)
    why: Mapped[str] = mapped_column(String(LONGEST_WHY), default="")


class ClauseText(Base):
    """A clause as it stands in one version."""

    __tablename__ = "clause_texts"

    version_id: Mapped[VersionId] = mapped_column(ForeignKey("agreement_versions.id"), primary_key=True)
    clause_id: Mapped[ClauseId] = mapped_column(ForeignKey("clauses.id"), primary_key=True, index=True)
    position: Mapped[int]
    number: Mapped[str] = mapped_column(String(40))
    heading: Mapped[str] = mapped_column(String(120))
    chapter: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    part: Mapped[int]
    parts: Mapped[int]


class ClauseDemand(Base):
    """A demand that a clause answers."""

    __tablename__ = "clause_demands"

    clause_id: Mapped[ClauseId] = mapped_column(ForeignKey("clauses.id"), primary_key=True)
    demand_id: Mapped[DemandId] = mapped_column(BigInteger, primary_key=True)


class Alias(Base):
    """Under which somebody comments in one campaign. `key` is a digest of the person, keyed by the agreement's secret;
    the person stands there sealed. Both go when the campaign has been over for long, and the label stays."""

    __tablename__ = "comment_aliases"
    __table_args__ = (UniqueConstraint("campaign_id", "key"), UniqueConstraint("campaign_id", "label"))

    id: Mapped[AliasId] = mapped_column(BigKey, primary_key=True)
    campaign_id: Mapped[CampaignId] = mapped_column(ForeignKey("agreements.campaign_id"))
    key: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    label: Mapped[str] = mapped_column(String(8))
    person: Mapped[bytes | None] = mapped_column(Sealed(("campaign_id", "key")), default=None)


class Backing(Base):
    """That somebody backs a comment: a digest as in `Alias`, and no time."""

    __tablename__ = "comment_backings"

    comment_id: Mapped[CommentId] = mapped_column(ForeignKey("clause_comments.id"), primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
