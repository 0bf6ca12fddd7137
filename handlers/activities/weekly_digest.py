"""The weekly digest: this week near me, for whoever wants it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.activities import presses
from handlers.chat.press import Page
from handlers.chat.replies import Outgoing, message_params
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.i18n import translations
from storage.activities import activities, weekly_digest
from storage.activities.ids import ActivityId
from storage.deliveries.queue import Claimed
from storage.geodesy import distance
from storage.people import people
from storage.telegram_ids import PersonId, private_chat_of

MOST = 10
NEAR_METRES = 30_000.0
"""With a home area kept, what is farther than this is left out, unless it has no place on the map."""


def register(routes: Routes) -> None:
    routes.press(presses.SWITCH, switch)
    routes.press(presses.SHOW_DIGEST, show, writes=False)
    routes.press(presses.SWITCH_DIGEST, switch_here)
    routes.compose(weekly_digest.WEEK_DIGEST, compose)


async def switch(talk: Talk) -> None:
    on = await weekly_digest.switch(talk.session, talk.person.id)
    said = (
        talk._("Every week I'll send you what's on near you.")
        if on
        else talk._("You won't get the weekly digest any more.")
    )
    talk.answer_callback(said, alert=True)


async def show(talk: Talk) -> None:
    """From /my: what it is, and whether it comes."""
    talk.say(*_page(talk, wants=await weekly_digest.wants(talk.session, talk.person.id)))


async def switch_here(talk: Talk) -> None:
    talk.edit(*_page(talk, wants=await weekly_digest.switch(talk.session, talk.person.id)))


def _page(talk: Talk, *, wants: bool) -> Page:
    said = (
        talk._("Every week I'll send you what's on near you.")
        if wants
        else talk._("Shall I send you what's on near you every week?")
    )
    label = talk._("🔕 No more weekly digest") if wants else talk._("🔔 Yes, every week")
    return Markup("<b>{}</b>\n{}").format(talk._("🗞 Weekly digest"), said), [[presses.SWITCH_DIGEST.button(label)]]


@dataclass(frozen=True, slots=True)
class Coming:
    """An activity of the coming week; `metres` is how far it is, if both places are known."""

    id: ActivityId
    title: str
    starts_at: datetime
    metres: float | None


async def compose(session: AsyncSession, view: View, delivery: Claimed) -> Outgoing | None:
    """The digest of its recipient, near whose area the activities are; none if nothing is near."""
    week = await week_of(session, delivery.recipient, view.now)
    if not week:
        return None
    return Outgoing("sendMessage", message_params(private_chat_of(delivery.recipient), *digest_words(view, week)))


async def week_of(session: AsyncSession, person_id: PersonId, now: datetime) -> Sequence[Coming]:
    """The coming week for this person."""
    home = await people.home_of(session, person_id)
    found = []
    for row in await activities.listed(session, now, now + timedelta(days=7)):
        metres = None
        if home is not None and row.latitude is not None and row.longitude is not None:
            metres = distance(*home, row.latitude, row.longitude)
        if metres is None or metres <= NEAR_METRES:
            found.append(Coming(row.id, row.title, row.starts_at, metres))
    return found[:MOST]


def digest_words(view: View, week: Sequence[Coming]) -> Page:
    lines = [Markup("🗞 <b>{}</b>").format(view._("This week near you"))]
    for at, one in enumerate(week, start=1):
        far = "" if one.metres is None else f" · {translations.distance(one.metres, view.language)}"
        lines.append(Markup("{}. <b>{}</b>\n{}{}").format(at, one.title, view.moment(one.starts_at), far))
    keys = [presses.OPEN_CARD.button(f"{at}", one.id) for at, one in enumerate(week, start=1)]
    return Markup("\n").join(lines), [keys[:5], keys[5:], [presses.SWITCH.button(view._("🔕 No more weekly digest"))]]
