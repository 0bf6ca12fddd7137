"""Members by platform and by district, as the config names them."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.chat.breakdowns import Breakdown
from handlers.i18n.translations import N_
from storage.membership.conditions import WorksFor, WorksIn
from storage.operations.organisation import Settings
from storage.people.segments import Condition


def _platforms(settings: Settings) -> Sequence[tuple[str, Condition]]:
    return [(name, WorksFor(name)) for name in settings.joining.platforms]


def _districts(settings: Settings) -> Sequence[tuple[str, Condition]]:
    return [(name, WorksIn(name)) for name in settings.joining.districts]


BREAKDOWNS = (
    Breakdown("platform", N_("By platform"), _platforms),
    Breakdown("district", N_("By district"), _districts),
)
