"""Who decides a contest, and what goes with that: its phases, and which questions about it are asked."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import Protocol

from handlers.i18n.translations import N_
from storage.contests.contests import Phase


class DecidedBy(StrEnum):
    BOTH = "both"
    PUBLIC = "public"
    JUDGES = "judges"
    DRAW = "draw"


DECIDED_BY: dict[DecidedBy, str] = {
    DecidedBy.BOTH: N_("Public vote, then judges"),
    DecidedBy.PUBLIC: N_("Public vote alone"),
    DecidedBy.JUDGES: N_("Judges alone"),
    DecidedBy.DRAW: N_("A draw among all entries"),
}


def of_phases(phases: Collection[Phase]) -> DecidedBy:
    """Who decides a contest that has these phases."""
    if Phase.VOTE in phases:
        return DecidedBy.BOTH if Phase.JUDGING in phases else DecidedBy.PUBLIC
    return DecidedBy.JUDGES if Phase.JUDGING in phases else DecidedBy.DRAW


class _Decided(Protocol):
    @property
    def decided_by(self) -> DecidedBy: ...


def has_vote(draft: _Decided) -> bool:
    return draft.decided_by in (DecidedBy.BOTH, DecidedBy.PUBLIC)


def has_judges(draft: _Decided) -> bool:
    return draft.decided_by in (DecidedBy.BOTH, DecidedBy.JUDGES)


def is_not_drawn(draft: _Decided) -> bool:
    return draft.decided_by is not DecidedBy.DRAW


def has_both(draft: _Decided) -> bool:
    return draft.decided_by is DecidedBy.BOTH
