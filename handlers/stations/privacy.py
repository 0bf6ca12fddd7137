"""What /privacy says of searches and reports."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.chat.talk import Talk


async def lines(talk: Talk) -> Sequence[str]:
    kept = talk.context.settings.retention
    return [
        talk._("the places of your searches for {places} h, your reports on stations for {reports} h").format(
            places=_hours(kept.places.total_seconds()), reports=_hours(kept.reports.total_seconds())
        )
    ]


def _hours(seconds: float) -> str:
    return f"{seconds / 3_600:g}"
