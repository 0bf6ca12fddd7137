"""The weekly digest: this week near me, for who wants it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.activities import presses
from handlers.chat.context import AppContext
from handlers.chat.press import Buttons
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.i18n import formatting, translations
from storage.activities import activities, weekly_digest
from storage.geodesy import distance
from storage.people import people
from storage.people.people import PersonId

MOST = 10
NEAR_METRES = 30_000.0
"""With a home area kept, what is farther than this is left out, unless it has no place on the map."""


def register(routes: Routes) -> None:
    routes.press(presses.SWITCH, switch)
    routes.notice(weekly_digest.KIND, digest_words, week_of)


async def switch(talk: Talk) -> None:
    on = await weekly_digest.switch(talk.session, talk.person.id)
    said = (
        talk._("Every week I'll send you what's on near you.")
        if on
        else talk._("You won't get the weekly digest any more.")
    )
    talk.answer_callback(said, alert=True)


async def week_of(session: AsyncSession, person_id: int, now: datetime) -> Mapping[str, Any] | None:
    """The coming week for this person; None if nothing is near."""
    home = await people.home_of(session, PersonId(person_id))
    found = []
    for row in await activities.coming(session, now, now + timedelta(days=7)):
        metres = None
        if home is not None and row.latitude is not None and row.longitude is not None:
            metres = distance(*home, row.latitude, row.longitude)
        if metres is None or metres <= NEAR_METRES:
            found.append({"id": row.id, "title": row.title, "starts_at": row.starts_at, "metres": metres})
    return {"found": found[:MOST], "now": now} if found else None


def digest_words(context: AppContext, language: str, params: Mapping[str, Any]) -> tuple[str, Buttons]:
    _ = translations.translator(language)
    lines = [Markup("🗞 <b>{}</b>").format(_("This week near you"))]
    for at, one in enumerate(params["found"], start=1):
        when = formatting.moment(one["starts_at"], params["now"], context.settings.organisation.zone, language)
        far = "" if one["metres"] is None else f" · {translations.distance(one['metres'], language)}"
        lines.append(Markup("{}. <b>{}</b>\n{}{}").format(at, one["title"], when, far))
    keys = [presses.OPEN_CARD.button(f"{at}", one["id"]) for at, one in enumerate(params["found"], start=1)]
    return Markup("\n").join(lines), [keys[:5], keys[5:], [presses.SWITCH.button(_("🔕 No more weekly digest"))]]
