"""How much evidence is taken: of a case, of a person within a day, of a desk altogether.

A file counts by the size that Telegram names until it is here, and by its own from then on. What one person brings is
counted over the cases that are theirs; an anonymous case has nobody to count for, and its own limit holds.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.cases.desks import EvidenceQuota
from storage.cases.files.evidence import Evidence
from storage.cases.table import Case
from storage.refusals import Refused
from storage.telegram_ids import PersonId

_DAY = timedelta(days=1)
_RIDER = 0
"""Side.RIDER of storage/cases/messages, which knows this module."""


class Full(Enum):
    """What has no room left."""

    CASE = "case"
    PERSON = "person"
    DESK = "desk"


class EvidenceFull(Refused):
    """A file would go beyond the quota; `what` says of whom."""

    def __init__(self, what: Full) -> None:
        super().__init__(what.value)
        self.what = what


async def require_room_in_case(session: AsyncSession, quota: EvidenceQuota, case: Case, size: int) -> None:
    """Checks that the case may take a file of so many bytes.

    Raises:
        EvidenceFull: see the class.
    """
    count, kept = await _sum(session, select(_COUNT, _BYTES).where(Evidence.case_id == case.id))
    if count >= quota.case_files or kept + size > quota.case_bytes:
        raise EvidenceFull(Full.CASE)


async def require_room_at_desk(
    session: AsyncSession, quota: EvidenceQuota, desk: str, rider: PersonId | None, size: int, now: datetime
) -> None:
    """Checks that the desk may take so many bytes more, and that this rider (None: it is from nobody who is known, or
    from a handler) may bring them today.

    Raises:
        EvidenceFull: see the class.
    """
    everything = select(_COUNT, _BYTES).join(Case, Case.id == Evidence.case_id)
    if rider is not None:
        today = everything.where(Case.person_id == rider, Evidence.side == _RIDER, Evidence.at > now - _DAY)
        if (await _sum(session, today))[1] + size > quota.person_bytes:
            raise EvidenceFull(Full.PERSON)
    if (await _sum(session, everything.where(Case.desk == desk)))[1] + size > quota.desk_bytes:
        raise EvidenceFull(Full.DESK)


_COUNT = func.count(Evidence.id)
_BYTES = func.coalesce(func.sum(Evidence.size), 0)


async def _sum(session: AsyncSession, chosen: Select[int, int]) -> tuple[int, int]:
    """(files, bytes)."""
    found = (await session.execute(chosen)).one()
    return int(found[0]), int(found[1])
