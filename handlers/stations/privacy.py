"""What /privacy says of searches and reports."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.chat.talk import Talk
from handlers.i18n import formatting
from storage.stations import proposals


async def lines(talk: Talk) -> Sequence[str]:
    kept = talk.context.settings.retention
    return [
        talk._("where you searched, for {places} h; your reports on stations, for {reports} h").format(
            places=formatting.hours(kept.places), reports=formatting.hours(kept.reports)
        ),
        talk.plural(
            "what you proposed about stations, with the name to thank: for {n} day",
            "what you proposed about stations, with the name to thank: for {n} days",
            proposals.KEPT.days,
        ).format(n=proposals.KEPT.days),
    ]
