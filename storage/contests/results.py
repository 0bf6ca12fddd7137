"""The result: votes and scores weighed as fixed at the beginning, with exact fractions; places, and equal places.

Votes count as the share of the most votes in the category, scores as the share of the highest score possible. What is
equal then is decided by the rule that was declared; what that leaves equal shares its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.contests import contests, entries, judging
from storage.contests.contests import Contest, Settings, Tie, settings_of
from storage.contests.entries import Entry
from storage.contests.ids import EntryId
from storage.draws import drawing
from storage.draws.drawing import Ticket

LINK = "con"
"""A shared link of an entry is `con_<id>`."""


@dataclass(frozen=True, slots=True)
class Standing:
    """An entry in the result of its category. `judges` is the mean of its scores, None without any."""

    entry_id: EntryId
    votes: int
    judges: Fraction | None
    total: Fraction
    """From 0 to 100."""
    place: int = 0


def total_of(votes: int, most: int, judges: Fraction | None, public_weight: int) -> Fraction:
    """What an entry comes to, from 0 to 100."""
    public = Fraction(votes, most) if most else Fraction(0)
    scored = Fraction(0) if judges is None else judges / judging.MOST
    return public * public_weight + scored * (100 - public_weight)


def ranked(found: Sequence[Standing], tie: Tie, drawn: Sequence[int] = ()) -> list[Standing]:
    """In order, with their places. `drawn` is the order of all entries that decides where the rule is a draw."""
    at = {number: -place for place, number in enumerate(drawn)}

    def key(one: Standing) -> tuple[Fraction, Fraction]:
        second = {
            Tie.JUDGES: one.judges or Fraction(0),
            Tie.PUBLIC: Fraction(one.votes),
            Tie.DRAW: Fraction(at.get(one.entry_id, -len(drawn))),
        }[tie]
        return one.total, second

    return list(_placed(sorted(found, key=lambda one: (key(one), -one.entry_id), reverse=True), key))


def _placed(order: Sequence[Standing], key: Callable[[Standing], object]) -> Iterator[Standing]:
    place, last = 0, None
    for at, one in enumerate(order, start=1):
        mine = key(one)
        if mine != last:
            place, last = at, mine
        yield Standing(one.entry_id, one.votes, one.judges, one.total, place)


async def standings(session: AsyncSession, contest: Contest) -> dict[int, list[Standing]]:
    """The result of each category, as far as votes and scores have been counted."""
    settings = settings_of(contest)
    scores = await judging.averages(session, contest.id)
    drawn = drawing.read(await draw_of(session, contest)).order if settings.tie is Tie.DRAW else ()
    by_category: dict[int, list[Entry]] = {at: [] for at in range(len(settings.categories))}
    for row in await entries.published(session, contest.id):
        by_category[row.category].append(row)
    return {at: _of_category(some, settings, scores, drawn) for at, some in by_category.items()}


def _of_category(
    rows: Sequence[Entry], settings: Settings, scores: Mapping[EntryId, Fraction], drawn: Sequence[int]
) -> list[Standing]:
    judged = [row for row in rows if row.is_shortlisted or settings.public_weight == 100]
    most = max((row.votes or 0 for row in judged), default=0)
    found = [
        Standing(
            row.id,
            row.votes or 0,
            scores.get(row.id),
            total_of(row.votes or 0, most, scores.get(row.id), settings.public_weight),
        )
        for row in judged
    ]
    return ranked(found, settings.tie, drawn)


async def draw_of(session: AsyncSession, contest: Contest) -> bytes:
    """The published draw; before the result what it would be by the entries as they are."""
    kept = await session.scalar(select(Contest.draw).where(Contest.id == contest.id))
    if kept is not None:
        return kept.encode()
    seed = contests.seed_of(session, contest)
    # An entry's number and link are known to everybody who looks at it.
    tickets = [Ticket(row.id, f"{LINK}_{row.id}") for row in await entries.published(session, contest.id)]
    places = len(settings_of(contest).prizes)
    return drawing.published(drawing.closed(contest.title, places, tickets, drawing.commitment(seed)), seed)


async def fix(session: AsyncSession, contest: Contest) -> None:
    """Writes the places down, for good."""
    if settings_of(contest).tie is Tie.DRAW:
        contest.draw = (await draw_of(session, contest)).decode()
        await session.flush()
    for order in (await standings(session, contest)).values():
        for one in order:
            (await session.get_one(Entry, one.entry_id)).place = one.place
