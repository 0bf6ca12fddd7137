"""The weekly digest: this week near me, for who wants it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.activities import presses
from handlers.chat.press import Page
from handlers.chat.readers import RECIPIENT
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.i18n import translations
from storage.activities import activities, weekly_digest
from storage.activities.ids import ActivityId
from storage.activities.notices import WeeklyDigest
from storage.geodesy import distance
from storage.people import people

MOST = 10
NEAR_METRES = 30_000.0
"""With a home area kept, what is farther than this is left out, unless it has no place on the map."""


def register(routes: Routes) -> None:
    routes.press(presses.SWITCH, switch)
    routes.notice_about(WeeklyDigest, digest_words, week_of, reader=RECIPIENT)


async def switch(talk: Talk) -> None:
    on = await weekly_digest.switch(talk.session, talk.person.id)
    said = (
        talk._("Every week I'll send you what's on near you.")
        if on
        else talk._("You won't get the weekly digest any more.")
    )
    talk.answer_callback(said, alert=True)


@dataclass(frozen=True, slots=True)
class Coming:
    """An activity of the coming week; `metres` is how far it is, if both places are known."""

    id: ActivityId
    title: str
    starts_at: datetime
    metres: float | None


async def week_of(session: AsyncSession, digest: WeeklyDigest, now: datetime) -> Sequence[Coming] | None:
    """The coming week for this person; None if nothing is near."""
    home = await people.home_of(session, digest.subject)
    found = []
    for row in await activities.coming(session, now, now + timedelta(days=7)):
        metres = None
        if home is not None and row.latitude is not None and row.longitude is not None:
            metres = distance(*home, row.latitude, row.longitude)
        if metres is None or metres <= NEAR_METRES:
            found.append(Coming(row.id, row.title, row.starts_at, metres))
    return found[:MOST] or None


def digest_words(view: View, _notice: WeeklyDigest, week: Sequence[Coming]) -> Page:
    lines = [Markup("🗞 <b>{}</b>").format(view._("This week near you"))]
    for at, one in enumerate(week, start=1):
        far = "" if one.metres is None else f" · {translations.distance(one.metres, view.language)}"
        lines.append(Markup("{}. <b>{}</b>\n{}{}").format(at, one.title, view.moment(one.starts_at), far))
    keys = [presses.OPEN_CARD.button(f"{at}", one.id) for at, one in enumerate(week, start=1)]
    return Markup("\n").join(lines), [keys[:5], keys[5:], [presses.SWITCH.button(view._("🔕 No more weekly digest"))]]
