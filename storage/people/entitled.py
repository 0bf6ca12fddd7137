"""Who counts among those who can take part: the rolls of ballots, surveys and questions about commitments.

A blocked person can neither vote nor answer, so they are on none. Messages still go to them: they may read what is
decided. Who is blocked after a roll was laid down stays on it (docs/decisions/0047).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.people.blocks import Block
from storage.people.people import PersonRow
from storage.people.segments import Condition, Segment


@dataclass(frozen=True)
class _IsLetIn(Condition):
    """It has no name, since no audience is chosen by it."""

    def in_sql(self, _session: AsyncSession, now: datetime) -> ColumnElement[bool]:
        return PersonRow.id.not_in(select(Block.person_id).where(Block.until.is_(None) | (Block.until > now)))


def entitled(segment: Segment) -> Segment:
    """Those of the segment who are not blocked."""
    return Segment((*segment.conditions, _IsLetIn()))
