"""What /privacy says of searches and reports."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.chat.talk import Talk
from handlers.i18n import formatting


async def lines(talk: Talk) -> Sequence[str]:
    kept = talk.context.settings.retention
    return [
        talk._("where you searched, for {places} h; your reports on stations, for {reports} h").format(
            places=formatting.hours(kept.places), reports=formatting.hours(kept.reports)
        )
    ]
