"""What judges are given, and their scores. They never learn whose an entry is.

They judge the entries that were assigned to them, and say so where they have a conflict of interest; another judge gets
the entry then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import TypeVarTuple

import orjson
from sqlalchemy import BigInteger, ForeignKey, Select, String, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage import sealed_columns
from storage.column_types import Sealed
from storage.contests import contests, entries, judges, teams
from storage.contests.contests import Contest, Phase, Settings
from storage.contests.entries import Entry, EntryState
from storage.contests.ids import ContestId, EntryId, JudgeId
from storage.contests.judges import Judge
from storage.database import Base
from storage.phases import State
from storage.privacy.retention import AT_ONCE, Retention
from storage.refusals import Refused
from storage.telegram_ids import PersonId

Columns = TypeVarTuple("Columns")
LEAST, MOST = 1, 10
"""A score of one criterion."""
JUDGES_EACH = 3
"""By how many judges an entry is scored, if there are so many."""


class NotAssigned(Refused):
    """This entry is not this judge's, or judging is over."""


class JudgesOwnEntry(Refused):
    """Whoever takes part can't be a judge of the same contest."""


class Assignment(Base):
    """An entry that a judge has to score. `scores` is JSON, a number for each criterion."""

    __tablename__ = "contest_assignments"

    entry_id: Mapped[EntryId] = mapped_column(BigInteger, ForeignKey("contest_entries.id"), primary_key=True)
    judge_id: Mapped[JudgeId] = mapped_column(BigInteger, ForeignKey("contest_judges.id"), primary_key=True, index=True)
    scores: Mapped[str | None] = mapped_column(String(100), default=None)
    note: Mapped[bytes | None] = mapped_column(Sealed, default=None)
    """What the judge wants to remember of it; sealed, and only theirs."""
    has_conflict: Mapped[bool] = mapped_column(default=False)


@dataclass(frozen=True, slots=True)
class Progress:
    """Of one judge: how many entries were assigned, and how many of them are scored."""

    assigned: int
    scored: int


async def name_judge(session: AsyncSession, contest_id: ContestId, person_id: PersonId) -> Contest:
    """Makes this person a judge; while entries are judged, they get their part of them at once.

    Raises:
        NoSuchContest, JudgesOwnEntry, JudgeAlready: see the classes.
    """
    contest = await contests.find_for_update(session, contest_id)
    is_in_team = await teams.membership(session, contest_id, person_id) is not None
    was_in_team = await teams.has_left_one(session, person_id, contest_id)
    if is_in_team or was_in_team or await entries.of_person(session, contest_id, person_id):
        raise JudgesOwnEntry
    await judges.name(session, contest_id, person_id)
    if contest.phase is Phase.JUDGING and contest.state is State.RUNNING:
        await assign(session, contest)
    return contest


async def dismiss(session: AsyncSession, contest_id: ContestId, judge_id: JudgeId) -> Judge:
    """A judge no more: what they have not scored goes to the others. Raises NoSuchContest, NoSuchJudge."""
    contest = await contests.find_for_update(session, contest_id)
    row = await judges.get(session, contest_id, judge_id)
    row.is_dismissed = True
    await _give_back(session, contest, [row])
    return row


async def _give_back(session: AsyncSession, contest: Contest, rows: Sequence[Judge]) -> None:
    ids = [row.id for row in rows]
    await session.execute(
        delete(Assignment).where(Assignment.judge_id.in_(ids), Assignment.scores.is_(None), ~Assignment.has_conflict)
    )
    if contest.phase is Phase.JUDGING and contest.state is State.RUNNING:
        await assign(session, contest)


async def shortlist(session: AsyncSession, contest: Contest, settings: Settings) -> None:
    """Marks what goes to the judges: of each category the entries with the most votes, those with as many as the last
    of them included."""
    rows = await _shown(session, contest.id)
    for category in range(len(settings.categories)):
        some = [row for row in rows if row.category == category]
        ranked = sorted((row.votes or 0 for row in some), reverse=True)
        limit = settings.shortlist
        least = ranked[limit - 1] if limit and limit <= len(ranked) else 0
        for row in some:
            row.is_shortlisted = not limit or (row.votes or 0) >= least


async def assign(session: AsyncSession, contest: Contest) -> None:
    """Gives each shortlisted entry to JUDGES_EACH judges: to those who have the fewest, never to one with a conflict.
    The caller has locked the contest."""
    await session.flush()
    able = await judges.of_contest(session, contest.id)
    rows = [row for row in await _shown(session, contest.id) if row.is_shortlisted]
    given = await _given(session, contest.id)
    load = {judge.id: sum(one.judge_id == judge.id and not one.has_conflict for one in given) for judge in able}
    for row in rows:
        mine = [one for one in given if one.entry_id == row.id]
        taken = {one.judge_id for one in mine}
        missing = JUDGES_EACH - sum(not one.has_conflict for one in mine)
        free = [judge for judge in able if judge.id not in taken and judge.person_id != row.person_id]
        for judge in sorted(free, key=lambda judge: load[judge.id])[: max(0, missing)]:
            session.add(Assignment(entry_id=row.id, judge_id=judge.id))
            load[judge.id] += 1
    await session.flush()


async def _given(session: AsyncSession, contest_id: ContestId) -> Sequence[Assignment]:
    chosen = select(Assignment).join(Entry, Entry.id == Assignment.entry_id).where(Entry.contest_id == contest_id)
    return (await session.scalars(chosen)).all()


async def next_for(session: AsyncSession, contest_id: ContestId, person_id: PersonId) -> Entry | None:
    """The first entry that this judge has not scored."""
    return await session.scalar(_assigned(contest_id, person_id).where(Assignment.scores.is_(None)).limit(1))


async def assigned_to(session: AsyncSession, contest_id: ContestId, person_id: PersonId) -> Sequence[Entry]:
    """All entries that this judge has to score, or has scored."""
    return (await session.scalars(_assigned(contest_id, person_id))).all()


async def progress(session: AsyncSession, contest_id: ContestId, person_id: PersonId) -> Progress:
    counted = (
        await session.execute(
            _theirs(select(func.count(), func.count(Assignment.scores)).select_from(Entry), contest_id, person_id)
        )
    ).one()
    return Progress(*counted)


async def missing(session: AsyncSession, contest_id: ContestId) -> int:
    """How many scores are missing in all; an entry that nobody has scored and nobody is to score counts as one."""
    shown = {row.id for row in await _shown(session, contest_id) if row.is_shortlisted}
    given = [one for one in await _given(session, contest_id) if not one.has_conflict and one.entry_id in shown]
    return sum(one.scores is None for one in given) + len(shown - {one.entry_id for one in given})


async def score(
    session: AsyncSession, contest_id: ContestId, entry_id: EntryId, person_id: PersonId, scores: Sequence[int]
) -> None:
    """A judge's scores, a number for each criterion, in place of those that they gave before.

    Raises:
        NotAssigned: see the class; or the numbers are none.
    """
    contest = await contests.find_held(session, contest_id)
    row = await find(session, contest, entry_id, person_id)
    if len(scores) != len(criteria_of(contest)) or not all(LEAST <= one <= MOST for one in scores):
        raise NotAssigned
    row.scores = orjson.dumps(list(scores)).decode()


async def write_note(
    session: AsyncSession, contest_id: ContestId, entry_id: EntryId, person_id: PersonId, note: str
) -> None:
    """A judge's note. Raises NotAssigned: see the class."""
    row = await find(session, await contests.find_held(session, contest_id), entry_id, person_id)
    sealed_columns.seal(session, row, Assignment.note, note.encode())


def note_of(session: AsyncSession, row: Assignment) -> str:
    """Empty if there is none."""
    return "" if row.note is None else sealed_columns.opened(session, row, Assignment.note).decode()


def scores_of(row: Assignment) -> list[int]:
    """Empty until they are given."""
    scores: list[int] = orjson.loads(row.scores or "[]")
    return scores


def criteria_of(contest: Contest) -> Sequence[str]:
    """What is scored; "" alone where there is but the whole."""
    return contests.settings_of(contest).criteria or ("",)


async def declare_conflict(
    session: AsyncSession, contest_id: ContestId, entry_id: EntryId, person_id: PersonId
) -> None:
    """This judge can't judge this entry: another one gets it.

    Raises:
        NotAssigned: see the class.
    """
    contest = await contests.find_for_update(session, contest_id)
    row = await find(session, contest, entry_id, person_id)
    row.has_conflict, row.scores, row.note = True, None, None
    await assign(session, contest)


async def find(session: AsyncSession, contest: Contest, entry_id: EntryId, person_id: PersonId) -> Assignment:
    """The judge's own, while there is judging. Raises NotAssigned: see the class."""
    if contest.phase is not Phase.JUDGING or contest.state is not State.RUNNING:
        raise NotAssigned
    mine = _theirs(select(Assignment).select_from(Entry), contest.id, person_id)
    row = await session.scalar(mine.where(Entry.id == entry_id))
    if row is None:
        raise NotAssigned
    return row


def _assigned(contest_id: ContestId, person_id: PersonId) -> Select[Entry]:
    return _theirs(select(Entry), contest_id, person_id).order_by(Entry.id)


def _theirs(chosen: Select[*Columns], contest_id: ContestId, person_id: PersonId) -> Select[*Columns]:
    """Of the entries that this judge has to score, or has scored."""
    return (
        chosen.join(Assignment, Assignment.entry_id == Entry.id)
        .join(Judge, Judge.id == Assignment.judge_id)
        .where(Entry.contest_id == contest_id, Entry.state == EntryState.SHOWN)
        .where(Judge.person_id == person_id, ~Judge.is_dismissed, ~Assignment.has_conflict)
    )


async def _shown(session: AsyncSession, contest_id: ContestId) -> Sequence[Entry]:
    chosen = select(Entry).where(Entry.contest_id == contest_id, Entry.state == EntryState.SHOWN)
    return (await session.scalars(chosen.order_by(Entry.id))).all()


async def averages(session: AsyncSession, contest_id: ContestId) -> Mapping[EntryId, Fraction]:
    """The mean of all scores of each entry that has any, exactly."""
    found: dict[EntryId, list[int]] = {}
    for row in await _given(session, contest_id):
        if row.scores is not None and not row.has_conflict:
            found.setdefault(row.entry_id, []).extend(scores_of(row))
    return {entry_id: Fraction(sum(numbers), len(numbers)) for entry_id, numbers in found.items()}


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    """A judge who leaves: that they were one goes, and their notes; the scores that they gave stay with the entries,
    under nobody."""
    theirs = await judges.of_person(session, person_id)
    for row in await _of_judges(session, theirs):
        row.note = None
    await judges.forget(session, person_id)
    for judge in theirs:
        await _give_back(session, await contests.find_for_update(session, judge.contest_id), [judge])


async def forget_some_people(session: AsyncSession, now: datetime, kept: Retention) -> bool:
    """Who judged contests that ended long ago, and their notes; what they scored stays."""
    over = select(Contest.id).where(Contest.ended_at <= now - kept.sign_ups)
    chosen = select(Judge).where(Judge.contest_id.in_(over), Judge.person_id.is_not(None)).limit(AT_ONCE)
    rows = (await session.scalars(chosen)).all()
    for assignment in await _of_judges(session, rows):
        assignment.note = None
    for row in rows:
        row.person_id, row.is_dismissed = None, True
    return len(rows) == AT_ONCE


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[dict[str, object]]:
    rows = await _of_judges(session, await judges.of_person(session, person_id))
    return [
        {
            "entry": row.entry_id,
            "scores": scores_of(row),
            "note": note_of(session, row),
            "conflict_of_interest": row.has_conflict,
        }
        for row in rows
    ]


async def _of_judges(session: AsyncSession, rows: Sequence[Judge]) -> Sequence[Assignment]:
    chosen = select(Assignment).where(Assignment.judge_id.in_([row.id for row in rows]))
    return (await session.scalars(chosen.order_by(Assignment.entry_id))).all()
