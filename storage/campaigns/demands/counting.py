"""Counting the stances of a ranking that is over, and throwing them away.

It takes seconds, and nothing waits for it: the stances are read in pages, counted in a thread, and the counts are
written in pieces, after which the stances go. Whoever is killed in between begins again: until the counts are whole, no
stance is missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import orjson
from numpy.typing import NDArray
from sqlalchemy import Select, Table, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.campaigns.demands import groups
from storage.campaigns.demands.groups import Stances
from storage.campaigns.demands.stances import DemandStance, Stance
from storage.campaigns.demands.table import Demand, DemandCount, OpinionGroup, Ranking, RankingState
from storage.campaigns.demands.voters import DemandVoter
from storage.campaigns.ids import CampaignId, DemandId
from storage.column_types import beyond
from storage.database import apart
from storage.disclosure import MIN_CELL_SIZE
from storage.encryption import Vault
from storage.engine.overwriting import overwriting
from storage.sealed_columns import identity

READ_AT_ONCE = 5_000
KEPT_AT_ONCE = 200
"""Demands whose counts are written in one transaction."""
THROWN_AWAY_AT_ONCE = 200
"""People whose stances are."""
OPINION = "opinion"
"""The breakdown by groups of opinion; their parts are called "0", "1" and so on, the largest first."""

_STANCES = cast(Table, DemandStance.__table__)

Cell = tuple[str, str]
"""A breakdown, and a part of it."""


@dataclass(frozen=True, slots=True)
class Ballots:
    """What was read, in pages: 13 bytes a stance. `aliases`, `columns` (the place of the demand) and `values` belong
    together; `parts` has, by alias, the (breakdown, part) pairs to which they belonged, sealed."""

    campaign_id: CampaignId
    demands: Sequence[DemandId]
    aliases: Sequence[NDArray[np.int64]]
    columns: Sequence[NDArray[np.int32]]
    values: Sequence[NDArray[np.int8]]
    parts: Mapping[int, bytes]


@dataclass(frozen=True, slots=True)
class Tally:
    """What remains, rounded as it is shown, 0 for what is hidden: the database knows no more than everybody may see.
    `cells` has an array (demands, 3) for each part: agree, disagree, passed. `common` is, for each
    demand, the percentage that agrees of the group that agrees least, by the figures that may be shown; -1: hidden."""

    campaign_id: CampaignId
    people: int
    demands: Sequence[DemandId]
    cells: Mapping[Cell, NDArray[np.int64]]
    groups: Sequence[int]
    common: Sequence[int]


async def due(session: AsyncSession, state: RankingState) -> CampaignId | None:
    """A campaign whose ranking is in this state."""
    return await session.scalar(select(Ranking.campaign_id).where(Ranking.state == state).limit(1))


async def read(session: AsyncSession, campaign_id: CampaignId) -> Ballots:
    """All stances of a campaign, a page at a time, so that nothing else has to wait for long."""
    with apart(session):
        found = await session.scalars(select(Demand.id).where(Demand.campaign_id == campaign_id).order_by(Demand.id))
        demands = found.all()
        places = {demand_id: at for at, demand_id in enumerate(demands)}
        held: tuple[list[Any], list[Any], list[Any]] = ([], [], [])
        last: Sequence[int] | None = None
        while rows := (await session.execute(_page(campaign_id, last))).all():
            held[0].append(np.array([row[0] for row in rows], np.int64))
            held[1].append(np.array([places[row[1]] for row in rows], np.int32))
            held[2].append(np.array([row[2] for row in rows], np.int8))
            last = rows[-1][:2]
        return Ballots(campaign_id, demands, *held, parts=await _parts(session, campaign_id))


def _page(campaign_id: CampaignId, last: Sequence[int] | None) -> Select[int, DemandId, Stance]:
    chosen = select(DemandStance.alias, DemandStance.demand_id, DemandStance.stance)
    chosen = chosen.where(DemandStance.campaign_id == campaign_id)
    if last is not None:
        chosen = chosen.where(beyond([_STANCES.c.alias, _STANCES.c.demand_id], last))
    return chosen.order_by(DemandStance.alias, DemandStance.demand_id).limit(READ_AT_ONCE)


async def _parts(session: AsyncSession, campaign_id: CampaignId) -> dict[int, bytes]:
    chosen = select(DemandVoter.alias, DemandVoter.parts).where(DemandVoter.campaign_id == campaign_id)
    ordered = chosen.order_by(DemandVoter.alias).limit(READ_AT_ONCE)
    found: dict[int, bytes] = {}
    page = ordered
    while rows := (await session.execute(page)).all():
        found.update((alias, sealed) for alias, sealed in rows if sealed is not None)
        page = ordered.where(DemandVoter.alias > rows[-1][0])
    return found


def _joined(ballots: Ballots) -> tuple[NDArray[np.int64], Stances]:
    """The aliases of all people, ascending, and their stances by their places among them."""
    if not ballots.aliases:
        none = np.empty(0, np.int64)
        return none, Stances(
            0, len(ballots.demands), none.astype(np.int32), none.astype(np.int32), none.astype(np.int8)
        )
    aliases = np.concatenate(ballots.aliases)
    is_first = np.diff(aliases, prepend=aliases[0] - 1) != 0
    rows = (np.cumsum(is_first) - 1).astype(np.int32)
    people = aliases[is_first]
    columns, values = np.concatenate(ballots.columns), np.concatenate(ballots.values)
    return people, Stances(len(people), len(ballots.demands), rows, columns, values)


def tally(ballots: Ballots, vault: Vault) -> Tally:
    """Counts them, as a whole and by part; takes seconds, so call it in a thread."""
    aliases, stances = _joined(ballots)
    everybody = np.zeros(stances.people, dtype=np.int64)
    cells: dict[Cell, NDArray[np.int64]] = {("", ""): groups.counted(stances, everybody, 1)[0]}
    opinions = groups.grouped(stances)
    count = int(opinions.max(initial=-1)) + 1
    of_groups = groups.counted(stances, opinions, count)
    cells |= {(OPINION, str(at)): of_groups[at] for at in range(count)}
    for breakdown, (names, part_of) in _breakdowns(ballots, aliases, vault).items():
        found = groups.counted(stances, part_of, len(names))
        cells |= {(breakdown, name): found[at] for at, name in enumerate(names)}
    sizes = np.bincount(opinions[opinions >= 0], minlength=count)
    kept = {cell: kept_of(counts) for cell, counts in cells.items()}
    people = int(kept_of(np.array(stances.people)))
    return Tally(ballots.campaign_id, people, ballots.demands, kept, kept_of(sizes).tolist(), common(of_groups))


def common(of_groups: NDArray[np.int64]) -> list[int]:
    """See `Tally`. `of_groups` is (groups, demands, 3)."""
    if not len(of_groups):
        return [-1] * of_groups.shape[1]
    shown = kept_of(of_groups)
    totals = shown.sum(axis=2)
    shares = np.where(shown[:, :, 0] > 0, shown[:, :, 0] * 100 // np.maximum(totals, 1), -1)
    least: list[int] = shares.min(axis=0).tolist()
    return least


def kept_of(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """As `disclosure.kept`."""
    return np.where(counts < MIN_CELL_SIZE, 0, (counts + MIN_CELL_SIZE // 2) // MIN_CELL_SIZE * MIN_CELL_SIZE)


def _breakdowns(
    ballots: Ballots, aliases: NDArray[np.int64], vault: Vault
) -> dict[str, tuple[list[str], NDArray[np.int64]]]:
    """By breakdown the names of its parts, and the part of each person, -1 for none."""
    found: dict[str, tuple[list[str], NDArray[np.int64]]] = {}
    for at, alias in enumerate(aliases.tolist()):
        sealed = ballots.parts.get(alias)
        if sealed is None:
            continue
        plain = vault.open(sealed, "demand_voters.parts", identity(ballots.campaign_id, alias))
        for breakdown, name in orjson.loads(plain):
            names, part_of = found.setdefault(breakdown, ([], np.full(len(aliases), -1, np.int64)))
            if name not in names:
                names.append(name)
            part_of[at] = names.index(name)
    return found


async def keep(session: AsyncSession, tally: Tally, start: int) -> bool:
    """Writes the counts of the next demands from `start` on; False once all are written and the stances may go. What
    another process has counted meanwhile stays: it may have thrown stances away while these were read."""
    row = await session.get_one(Ranking, tally.campaign_id, with_for_update=True, populate_existing=True)
    if row.state is not RankingState.OVER:
        return False
    chosen = tally.demands[start : start + KEPT_AT_ONCE]
    if not chosen:
        await _close(session, row, tally)
        return False
    await session.execute(delete(DemandCount).where(DemandCount.demand_id.in_(chosen)))
    rows = list(_rows(tally, start, len(chosen)))
    if rows:
        await session.execute(insert(DemandCount), rows)
    for at, demand_id in enumerate(chosen, start=start):
        await session.execute(update(Demand).where(Demand.id == demand_id).values(common=tally.common[at]))
    return True


def _rows(tally: Tally, start: int, count: int) -> Iterator[dict[str, object]]:
    """A row for each part of which there is something to show, and one for the whole."""
    for (breakdown, part), cells in tally.cells.items():
        for at in range(start, start + count):
            agree, disagree, passed = cells[at].tolist()
            if agree or disagree or passed or not breakdown:
                yield {
                    "demand_id": tally.demands[at],
                    "breakdown": breakdown,
                    "part": part,
                    "agree": agree,
                    "disagree": disagree,
                    "passed": passed,
                }


async def _close(session: AsyncSession, row: Ranking, tally: Tally) -> None:
    row.state, row.people = RankingState.COUNTED, tally.people
    rows = [
        {"campaign_id": tally.campaign_id, "number": number, "people": people}
        for number, people in enumerate(tally.groups)
    ]
    if rows:
        await session.execute(insert(OpinionGroup), rows)


async def throw_away(session: AsyncSession, campaign_id: CampaignId) -> bool:
    """Removes the stances of some people from a ranking that is counted; False once none is left."""
    for table in (DemandStance, DemandVoter):
        theirs = table.campaign_id == campaign_id
        people = select(table.alias).where(theirs).distinct().order_by(table.alias).limit(THROWN_AWAY_AT_ONCE)
        aliases = (await session.scalars(people)).all()
        if aliases:
            async with overwriting(session):
                await session.execute(delete(table).where(theirs, table.alias <= aliases[-1]))
            return True
    await session.execute(update(Demand).where(Demand.campaign_id == campaign_id).values(stances=0))
    done = update(Ranking).where(Ranking.campaign_id == campaign_id).values(state=RankingState.DONE)
    await session.execute(done.execution_options(synchronize_session=False))
    return False
