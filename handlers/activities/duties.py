"""Today's activities, on the page that /start shows to whoever runs them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from handlers.activities import format as words
from handlers.activities import presses
from handlers.activities.format import KINDS
from handlers.chat.feature import Duty
from handlers.chat.talk import Talk
from storage.activities import activities, attendance
from storage.people.access import Right

_SHOWN = 8


async def duties(talk: Talk) -> Sequence[Duty]:
    if not talk.person.may(Right.RUN_ACTIVITIES):
        return []
    zone = talk.context.settings.organisation.zone
    midnight = datetime.combine(talk.local_today + timedelta(days=1), datetime.min.time(), zone)
    today = (await activities.coming(talk.session, talk.now, midnight))[:_SHOWN]
    figures = await attendance.figures(talk.session, [row.id for row in today])
    found = []
    for row in today:
        name = f"{row.starts_at.astimezone(zone):%H:%M} {KINDS[row.kind][0]} {row.title}"
        said = " · ".join(filter(None, (name, words.left(row, figures[row.id], talk.language))))
        found.append(Duty(said, [presses.SHOW.button(name[:60], row.id)]))
    return found
