"""What a case keeps about people, and its removal."""

from __future__ import annotations

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.cases import collectives, levels, parties
from storage.cases.access import cases_of
from storage.cases.ids import CaseId
from storage.cases.parties import Parties
from storage.cases.table import Case, CaseConflict, content_of
from storage.database import vault_of
from storage.telegram_ids import PersonId


async def strip(session: AsyncSession, case_id: CaseId) -> None:
    """Takes the personal part out of a case: what stays is its number, desk, times, outcome and to
    which others it was joined. It is nobody's from
    then on, also if it was in doubt."""
    row = await session.get_one(Case, case_id)
    kept = Parties(row.number, row.desk, None, None, level=row.level, collective=row.collective_id)
    nobodys = parties.sealed(vault_of(session), case_id, kept)
    await session.execute(delete(CaseConflict).where(CaseConflict.case_id == case_id))
    await session.execute(
        update(Case)
        .where(Case.id == case_id)
        .values(
            content=None,
            person_id=None,
            place="",
            assigned_to=None,
            assigned_at=None,
            parties=nobodys,
            doubt_told=None,
            next_escalation_at=None,
            writing_until=None,
            urgent_at=None,
            urgent_due_at=None,
        )
    )


async def handler_gone(session: AsyncSession, person_id: PersonId) -> None:
    """Of somebody who is erased and in no seal any more: their cases go back to the queue, their conflicts are
    forgotten."""
    theirs = update(Case).where(Case.assigned_to == person_id)
    await session.execute(theirs.values(assigned_to=None, assigned_at=None))
    await session.execute(delete(CaseConflict).where(CaseConflict.person_id == person_id))


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[dict[str, object]]:
    found = []
    mine = await cases_of(session, person_id, limit=1_000)
    collective = await collectives.numbers_of(session, mine)
    for row in mine:
        content = content_of(session, row)
        found.append(
            {
                "number": row.number,
                "desk": row.desk,
                "state": row.state.name.lower(),
                "opened_at": row.opened_at,
                "closed_at": row.closed_at,
                "outcome": row.outcome,
                "rating": row.rating,
                "kind": content.kind,
                "platform": content.platform,
                "on": content.on,
                "name": content.name,
                "answers": content.answers,
                "level": row.level,
                "collective": collective.get(row.id),
                "decisions": [
                    {
                        "level": one.level,
                        "verdict": one.verdict,
                        "at": one.at,
                        "reason": levels.reason_of(session, one),
                    }
                    for one in await levels.decisions(session, row.id)
                ],
            }
        )
    return found
