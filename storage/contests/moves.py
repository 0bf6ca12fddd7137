"""Moving a contest on: what ends and begins with a phase, and who hears of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from storage import audit
from storage.contests import certificates, contests, entries, entry_checks, judges, judging, results, teams, votes
from storage.contests.audited import ContestAction
from storage.contests.contests import Contest, Phase
from storage.contests.entries import Entry
from storage.contests.ids import ContestId
from storage.contests.notices import ContestMoved, EntryPlaced, JudgingBegins
from storage.deliveries import announcements, queue
from storage.deliveries.queue import Addressed
from storage.people.segments import Segment
from storage.people.topics import Topic
from storage.phases import Moved
from storage.refusals import Refused
from storage.telegram_ids import PersonId

PLACES_TOLD = 10
"""Whoever reached one of the first places is told so, and gets a certificate."""


class EntriesUnchecked(Refused):
    """Entries wait to be checked: nobody would see them."""


class NobodyJudges(Refused):
    """The contest goes to its judges, and has none."""


class ScoresMissing(Refused):
    """Not all judges have scored what was given to them."""


async def move(
    session: AsyncSession,
    contest_id: ContestId,
    seen: Phase | None,
    mover: PersonId,
    now: datetime,
    quiet_until: datetime | None,
) -> Moved[Contest, Phase]:
    """Goes on from the phase that the mover has seen, notes who did that, and tells whom it concerns.

    Raises:
        NoSuchContest, ContestMovedOn, EntriesUnchecked, NobodyJudges, ScoresMissing: see the classes.
    """
    moved = await contests.move(session, contest_id, seen, now)
    row, due = moved.row, quiet_until or now
    if moved.left is Phase.VOTE:
        await votes.close(session, row)
    if moved.entered is Phase.RESULT:
        row.decided_at = now
    if moved.entered is not None:
        await _begin(session, row, moved.entered, due)
    about = f"contest {row.id}: {moved.left or 'start'} -> {moved.entered or 'end'}"
    await audit.note(session, mover, ContestAction.CONTEST_MOVED, now, about=about)
    return moved


async def _begin(session: AsyncSession, row: Contest, phase: Phase, due: datetime) -> None:
    if phase in (Phase.VOTE, Phase.JUDGING, Phase.RESULT) and await entry_checks.waiting(session, row.id):
        raise EntriesUnchecked
    if phase is Phase.ENTRY:
        announcements.announce(session, ContestMoved(row.id), Segment.parse(row.segment), Topic.ACTIVITIES, due)
    if phase in (Phase.VOTE, Phase.RESULT):
        announcements.announce(session, ContestMoved(row.id), Segment(), Topic.ACTIVITIES, due)
    if phase is Phase.JUDGING:
        await _begin_judging(session, row, due)
    if phase is Phase.RESULT:
        await _fix_places(session, row, due)


async def _begin_judging(session: AsyncSession, row: Contest, due: datetime) -> None:
    able = await judges.of_contest(session, row.id)
    if not able:
        raise NobodyJudges
    await judging.shortlist(session, row, contests.settings_of(row))
    await judging.assign(session, row)
    people = [one.person_id for one in able if one.person_id is not None]
    await queue.add_all(session, [Addressed(judge, JudgingBegins(row.id), due) for judge in people])


async def _fix_places(session: AsyncSession, row: Contest, due: datetime) -> None:
    if await judging.missing(session, row.id):
        raise ScoresMissing
    await results.fix(session, row)
    await teams.forget_leaving(session, row.id)
    await session.flush()
    told = []
    for entry in await entries.published(session, row.id):
        if entry.place is None or entry.place > PLACES_TOLD:
            continue
        certificates.issue(session, entry)
        title = entries.content_of(session, entry).title
        placed = EntryPlaced(entry.id, title, entry.place)
        told += [Addressed(person, placed, due) for person in await _entrants(session, entry)]
    await queue.add_all(session, told)


async def _entrants(session: AsyncSession, entry: Entry) -> list[PersonId]:
    """Who is told of an entry's place: whoever sent it in, or all of the team."""
    people = set() if entry.person_id is None else {entry.person_id}
    if entry.team_id is not None:
        people |= {member.person_id for member in await teams.members(session, entry.team_id)}
    return sorted(people)
