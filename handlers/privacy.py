"""/privacy: what is kept about me, and erasing it."""

from __future__ import annotations

from markupsafe import Markup

from handlers.routes import Routes
from handlers.stations import location_keyboard
from handlers.talk import Button, Buttons, Talk
from handlers.texts import N_
from storage import broadcast_reads, deliveries, dialogues, people, reports, searches, topics


def register(routes: Routes) -> None:
    routes.command("privacy", privacy, about=N_("What is kept about me"), writes=False)
    routes.press("forgethome", forget_home)
    routes.press("erase", ask_to_erase, writes=False)
    routes.press("erasenow", erase)


async def privacy(talk: Talk) -> None:
    talk.say(*await _page(talk))


async def _page(talk: Talk) -> tuple[str, Buttons]:
    home = await people.home_of(talk.session, talk.person.id)
    text = Markup(
        talk._(
            "<b>What {organisation} keeps about you</b>\n"
            "• your Telegram number, your language, and when you first and last wrote;\n"
            "• the places of your searches and your reports on stations, for 24 hours;\n"
            "• an unfinished form, for 24 hours;\n"
            "• which topics you muted, and which messages you got and confirmed as read;\n"
            "• your home area: {home}.\n"
            "Places and answers are kept encrypted. Nobody outside of {organisation} gets any of it.\n\n"
            "Honestly: what you write to a bot passes Telegram's servers, and Telegram can read it. "
            "If you would rather speak: {hotline}."
        )
    ).format(
        organisation=talk.house.organisation.name,
        home=talk._("kept, rounded to about 1 km") if home else talk._("not kept"),
        hotline=talk.house.organisation.hotline,
    )
    rows = [[Button(talk._("🗑 Erase everything about me"), "erase")]]
    if home:
        rows.insert(0, [Button(talk._("🏠 Forget my area"), "forgethome")])
    return text, rows


async def forget_home(talk: Talk) -> None:
    await people.forget_home(talk.session, talk.person.id)
    talk.toast(talk._("Forgotten."))
    talk.edit(*await _page(talk))


async def ask_to_erase(talk: Talk) -> None:
    talk.edit(
        talk._("Erase all that is kept about you? It can't be undone."),
        [[Button(talk._("🗑 Yes, erase"), "erasenow")]],
    )


async def erase(talk: Talk) -> None:
    """Each feature removes what it keeps about the person."""
    for forget in (
        searches.erase, reports.erase, dialogues.close, deliveries.erase, broadcast_reads.erase, topics.erase,
        people.erase,
    ):  # fmt: skip
        await forget(talk.session, talk.person.id)
    talk.edit(talk._("Erased. If you write again, we start anew."))
    talk.say(talk._("Share a location whenever you need a station."), keyboard=location_keyboard(talk))
