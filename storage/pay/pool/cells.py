"""The cells of a week: in which ones somebody counts, and which ones may be shown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from storage.disclosure import MIN_CELL_SIZE
from storage.pay import sums
from storage.pay.entries import Entry

LEAST_MINUTES = 60
"""Shorter weeks say nothing about hourly pay."""
MAINLY = 0.75
"""The share of the hours of a week that have to belong to one platform, so that it counts as that platform's."""
HOURS = 3
"""The width of a stretch of the day."""
_NAME = 60


class By(StrEnum):
    """By what pay is counted. Each divides the same people, so its cells and those of nobody named add up to ALL."""

    ALL = "all"
    PLATFORM = "platform"
    DISTRICT = "district"
    HOUR = "hour"


class Cell(NamedTuple):
    """`name` is the platform or district as the config has it, or the hour at which the stretch of the day begins; ""
    for whoever belongs to none (of ALL: for everybody)."""

    by: By
    name: str


EVERYBODY = Cell(By.ALL, "")


def cells_of(
    entries: Sequence[Entry], district: str, platforms: Collection[str], districts: Collection[str]
) -> Iterator[Cell]:
    """One of each kind: where the entries of a week count."""
    platform = _main(entries, lambda entry: entry.shift.platform)
    yield EVERYBODY
    yield Cell(By.PLATFORM, platform[:_NAME] if platform in platforms else "")
    yield Cell(By.DISTRICT, district[:_NAME] if district in districts else "")
    yield Cell(By.HOUR, _main(entries, lambda entry: stretch_of(entry.shift.began)))


def stretch_of(began: int) -> str:
    """The stretch of the day in which an hour is; "" where it is not known."""
    return f"{began // HOURS * HOURS:02d}" if began >= 0 else ""


def _main(entries: Sequence[Entry], key: Callable[[Entry], str]) -> str:
    """To what most of the time belongs; "" if that is not clear."""
    minutes: dict[str, int] = {}
    for entry in entries:
        minutes[key(entry)] = minutes.get(key(entry), 0) + entry.shift.minutes
    most = max(minutes, key=lambda one: minutes[one])
    return most if minutes[most] >= MAINLY * sum(minutes.values()) else ""


def has_enough(entries: Sequence[Entry]) -> bool:
    return sums.total(entries).minutes >= LEAST_MINUTES


def may_be_shown(people: Mapping[Cell, int]) -> set[Cell]:
    """Of the cells of a week, those of enough people of which none follows by subtraction, either: whoever is in no
    shown cell of a kind, is among at least MIN_CELL_SIZE like them, or is nobody."""
    everybody = people.get(EVERYBODY, 0)
    if everybody < MIN_CELL_SIZE:
        return set()
    shown = {EVERYBODY}
    for by in set(By) - {By.ALL}:
        named = sorted(
            (cell for cell, count in people.items() if cell.by is by and cell.name and count >= MIN_CELL_SIZE),
            key=lambda cell: (-people[cell], cell.name),
        )
        while named and 0 < everybody - sum(people[cell] for cell in named) < MIN_CELL_SIZE:
            named.pop()
        shown.update(named)
    return shown
