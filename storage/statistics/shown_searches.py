"""The searches of a period as far as they may be shown, so that no hidden part of it follows from the rest.

A year is counted as its months, and a month as its weeks, too. If one of these is hidden, it would follow from the
whole minus those that are shown; so it is left out of the whole as well. Several hidden parts together stay in it,
since it is open then which of them has how many.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.disclosure import MIN_CELL_SIZE
from storage.statistics.periods import Period
from storage.statistics.searches import SearchFigure


class _Kept(NamedTuple):
    searches: int
    is_shown: bool
    """Whether enough different people are in it."""


_NONE = _Kept(0, is_shown=False)
_Cells = Mapping[tuple[str, str], _Kept]
"""By period and cell."""


async def shown(session: AsyncSession, period: Period, kind: str) -> dict[str, int]:
    """The cells that may be shown, by how often; not rounded yet."""
    kept = await _read(session, [one.name for one in _with_parts(period)], kind)
    counted = {cell: _count(period, cell, kept) for name, cell in kept if name == period.name}
    return {cell: count for cell, count in counted.items() if count}


async def hidden(session: AsyncSession, period: Period, kind: str) -> Sequence[int]:
    """The counts of the cells that may not be shown."""
    kept = await _read(session, [one.name for one in _with_parts(period)], kind)
    return [
        one.searches for (name, cell), one in kept.items() if name == period.name and not _count(period, cell, kept)
    ]


async def _read(session: AsyncSession, periods: Sequence[str], kind: str) -> _Cells:
    rows = await session.execute(
        select(SearchFigure.period, SearchFigure.cell, SearchFigure.count, SearchFigure.enough).where(
            SearchFigure.period.in_(periods), SearchFigure.kind == kind
        )
    )
    return {(period, cell): _Kept(count, enough and count >= MIN_CELL_SIZE) for period, cell, count, enough in rows}


def _with_parts(period: Period) -> list[Period]:
    return [period, *(one for part in period.parts for one in _with_parts(part))]


def _count(period: Period, cell: str, kept: _Cells) -> int:
    """How often, without what would give a hidden part away; 0 if it is hidden itself."""
    count, is_shown = kept.get((period.name, cell), _NONE)
    if not is_shown:
        return 0
    hidden_parts = []
    for part in period.parts:
        whole, rest = kept.get((part.name, cell), _NONE).searches, _count(part, cell, kept)
        if whole and not rest:
            hidden_parts.append(whole)
        else:
            count -= whole - rest
    if len(hidden_parts) == 1 or sum(hidden_parts) < MIN_CELL_SIZE:
        count -= sum(hidden_parts)
    return count if count >= MIN_CELL_SIZE else 0
