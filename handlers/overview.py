"""/my: what is mine, in one place."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from handlers.activities import format as activity_format
from handlers.activities import presses as activities_presses
from handlers.broadcasts import presses
from handlers.broadcasts.compose import mutable, topic_words
from handlers.cases import format as case_format
from handlers.cases import presses as cases_presses
from handlers.chat.press import Buttons
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.i18n import formatting
from handlers.i18n.translations import N_
from handlers.membership.applications import status
from handlers.membership.memberships import member_words
from storage.activities import activities, sign_ups, weekly_digest
from storage.activities.sign_ups import PlaceState
from storage.broadcasts import topics
from storage.cases import cases
from storage.cases.cases import Case
from storage.membership import applications, memberships


def register(routes: Routes) -> None:
    routes.command("my", my, about=N_("What is mine"), writes=False)
    routes.press(presses.SWITCH_TOPIC, switch_topic)


async def my(talk: Talk) -> None:
    """Membership or application first, then what the person may be written to about."""
    member = await memberships.of(talk.session, talk.person.id)
    last = await applications.latest_of(talk.session, talk.person.id)
    if member is not None:
        talk.say(*member_words(talk, member))
    elif last is not None:
        talk.say(*status(talk, last))
    else:
        talk.say(talk._("You are not a member of the union. /join makes you one, in two minutes."))
    mine = await cases.cases_of(talk.session, talk.person.id, most=8)
    if mine:
        talk.say(*_cases(talk, mine))
    talk.say(*await _activities(talk))
    talk.say(*topic_words(talk, await topics.muted_topics(talk.session, talk.person.id)))


def _cases(talk: Talk, mine: Sequence[Case]) -> tuple[Markup, Buttons]:
    """What I brought to the desks, and where it stands."""
    lines = [Markup("<b>{}</b>").format(talk._("My cases"))]
    for row in mine:
        state = case_format.state_words(row, talk.language)
        lines.append(Markup("{} · {}").format(case_format.heading(talk.context, row, talk.language), state))
    keys = [cases_presses.SHOW_CASE.button(row.number, row.id) for row in mine]
    return Markup("\n").join(lines), [keys[at : at + 2] for at in range(0, len(keys), 2)]


async def _activities(talk: Talk) -> tuple[Markup, Buttons]:
    """What I signed up for, and how I want to hear of it."""
    mine = await sign_ups.mine(talk.session, talk.person.id)
    coming = [row for row in await activities.coming(talk.session, talk.now) if row.id in mine]
    zone = talk.context.settings.organisation.zone
    lines = [Markup("<b>{}</b>").format(talk._("My activities"))]
    keys = []
    for at, row in enumerate(coming, start=1):
        place = mine[row.id]
        waits = place.state == PlaceState.WAITING
        position = await sign_ups.position(talk.session, place) if waits else None
        when = formatting.moment(row.starts_at, talk.now, zone, talk.language)
        stands = activity_format.standing(place, position, talk.now, zone, talk.language)
        lines.append(Markup("{}. <b>{}</b>, {}\n{}").format(at, row.title, when, stands))
        keys.append(activities_presses.OPEN_CARD.button(f"{at}", row.id))
    if not coming:
        lines.append(Markup("{}").format(talk._("None yet. /activities shows what is on.")))
    wants = await weekly_digest.wants(talk.session, talk.person.id)
    weekly = activities_presses.SWITCH.button(
        talk._("🔕 No more weekly digest") if wants else talk._("🗞 Weekly digest")
    )
    tools = [activities_presses.SHOW_LEADS.button(talk._("🔔 Reminders"), 0), weekly]
    if talk.context.settings.public_url:
        tools.append(activities_presses.SHOW_FEED.button(talk._("📅 Calendar")))
    return Markup("\n").join(lines), [keys[:8], tools]


async def switch_topic(talk: Talk, topic: str) -> None:
    await topics.mute(talk.session, talk.person.id, mutable(topic))
    await talk.session.flush()
    talk.edit(*topic_words(talk, await topics.muted_topics(talk.session, talk.person.id)))
