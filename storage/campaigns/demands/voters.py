"""Those who rank demands: to which parts (platform, district) each alias belonged, for the counts by part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import orjson
from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.campaigns.ids import CampaignId
from storage.column_types import Sealed
from storage.database import Base, vault_of
from storage.dialects import insert_for, is_postgresql
from storage.engine.fast_statements import run
from storage.people import segments
from storage.people.segments import Condition
from storage.sealed_columns import identity
from storage.telegram_ids import PersonId


class DemandVoter(Base):
    """The parts (platform, district) to which an alias belonged when it took its first stance, sealed."""

    __tablename__ = "demand_voters"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 (SQLAlchemy reads it as it is)

    campaign_id: Mapped[CampaignId] = mapped_column(ForeignKey("campaigns.id"), primary_key=True, autoincrement=False)
    alias: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    parts: Mapped[bytes | None] = mapped_column(Sealed, default=None)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a breakdown: "platform", "美团", and who belongs to it. The database alone decides that."""

    breakdown: str
    name: str
    condition: Condition


@cache
def _enter(*, postgres: bool) -> postgresql.Insert:
    return insert_for(DemandVoter, postgres=postgres).on_conflict_do_nothing()


async def note_parts(
    session: AsyncSession,
    campaign_id: CampaignId,
    alias: int,
    person_id: PersonId,
    parts: Sequence[Part],
    now: datetime,
) -> None:
    """Keeps to which of these parts the person belongs, unless that of the alias is kept already."""
    held = await segments.which_hold(session, [one.condition for one in parts], person_id, now) if parts else []
    mine = [(one.breakdown, one.name) for one, holds in zip(parts, held, strict=True) if holds]
    sealed = vault_of(session).seal(orjson.dumps(mine), "demand_voters.parts", identity(campaign_id, alias))
    row = {"campaign_id": campaign_id, "alias": alias, "parts": sealed}
    await run(session, _enter(postgres=is_postgresql(session)), row)
