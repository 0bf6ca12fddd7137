"""The calendar: a file for one activity, an address for all of mine."""

from __future__ import annotations

from markupsafe import Markup

from handlers.activities import cards, presses
from handlers.chat.confirming import ask_first
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from storage.activities import calendar_feeds, calendar_files
from storage.activities.ids import ActivityId


def register(routes: Routes) -> None:
    routes.press(presses.SEND_FILE_CALENDARS, send_file)
    routes.press(presses.SHOW_FEED, show_feed)
    routes.press(presses.RENEW_FEED, ask_to_renew, writes=False)
    routes.press(presses.RENEW_FEED_NOW, renew_feed)


async def send_file(talk: Talk, activity_id: ActivityId) -> None:
    row = await cards.shown(talk, activity_id)
    organisation = talk.context.settings.organisation
    content = calendar_files.calendar(
        [row], organisation.name, talk.context.settings.lead_times, talk.context.link() + "?start="
    )
    talk.document(f"activity-{row.id}.ics", content, talk._("Open it to add it to your phone's calendar."))
    if talk.context.settings.public_url:
        button = presses.SHOW_FEED.button(talk._("🔗 All my activities, always up to date"))
        talk.say(talk._("Or let your calendar follow everything you sign up for:"), [[button]])


def _address(talk: Talk, token: str) -> str:
    return f"{talk.context.settings.public_url}/calendar/{token}.ics"


async def show_feed(talk: Talk) -> None:
    token = await calendar_feeds.token_of(talk.session, talk.person.id)
    _say(talk, token)


async def ask_to_renew(talk: Talk) -> None:
    ask_first(
        talk,
        talk._("Create a new address? Calendars that follow the old one stop being updated."),
        presses.RENEW_FEED_NOW.button(talk._("♻ Create a new address")),
        presses.SHOW_FEED.button(talk._("Keep the old one")),
    )


async def renew_feed(talk: Talk) -> None:
    """For whoever has shown the address to somebody."""
    _say(talk, await calendar_feeds.renew(talk.session, talk.person.id))


def _say(talk: Talk, token: str) -> None:
    if not talk.context.settings.public_url:
        talk.say(talk._("This bot has no public address for calendars."))
        return
    text = Markup("{}\n<code>{}</code>\n<i>{}</i>").format(
        talk._("Add this address to your calendar as a subscription:"),
        _address(talk, token),
        talk._("Anyone who has this address can see what you sign up for. Create a new one if you have shared it."),
    )
    talk.say(text, [[presses.RENEW_FEED.button(talk._("♻ Create a new one"))]])
