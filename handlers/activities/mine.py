"""My activities: what /my shows, and giving all places back before an erasure."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from handlers.activities import format as activity_format
from handlers.activities import presses
from handlers.chat.feature import Overview
from handlers.chat.talk import Talk
from handlers.i18n import formatting
from storage.activities import activities, participants, waiting_list
from storage.activities.ids import ALL_ACTIVITIES


async def overview(talk: Talk) -> Overview:
    """What I signed up for, and how I want to hear of it."""
    mine = await participants.mine(talk.session, talk.person.id)
    coming = [row for row in await activities.coming(talk.session, talk.now) if row.id in mine]
    zone = talk.context.settings.organisation.zone
    lines = [Markup("<b>{}</b>").format(talk._("My activities"))]
    keys = []
    for at, row in enumerate(coming, start=1):
        place = mine[row.id]
        number = await participants.standing(talk.session, place)
        when = formatting.moment(row.starts_at, talk.now, zone, talk.language)
        stands = activity_format.standing(place, number, talk.now, zone, talk.language)
        lines.append(Markup("{}. <b>{}</b> · {}\n{}").format(at, row.title, when, stands))
        keys.append(presses.OPEN_CARD.button(f"{at}", row.id))
    if not coming:
        lines.append(Markup("{}").format(talk._("None yet. See what's on: /activities")))
    tools = [
        presses.SHOW_LEADS.button(talk._("🔔 Reminders"), ALL_ACTIVITIES),
        presses.SHOW_DIGEST.button(talk._("🗞 Weekly digest")),
    ]
    if talk.context.settings.public_url:
        tools.append(presses.SHOW_FEED.button(talk._("📅 Calendar")))
    return Overview(Markup("\n").join(lines), [keys[:8]] if keys else [], tools)


async def privacy_lines(talk: Talk) -> Sequence[str]:
    return [talk._("the activities you signed up for, with your answers, attendance and rating")]


async def warnings(talk: Talk) -> Sequence[str]:
    """What an erasure would end."""
    mine = await participants.mine(talk.session, talk.person.id)
    count = sum(row.id in mine for row in await activities.coming(talk.session, talk.now))
    said = talk.plural(
        "⚠️ You are signed up for {n} activity; your place would go to the next in line.",
        "⚠️ You are signed up for {n} activities; your places would go to the next in line.",
        count,
    )
    return [said.format(n=count)] if count else []


async def leave_all(talk: Talk) -> None:
    """Gives every place back that is still to come; the next in each queue is offered it."""
    await waiting_list.release_all(talk.session, talk.person.id, talk.now, talk.context.settings.quiet_hours)
