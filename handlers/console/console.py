"""/console: a link into the browser that works once, and the sessions that are open."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from handlers.chat.press import Button, Buttons
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.console import presses
from handlers.i18n.formatting import bracketed
from handlers.i18n.translations import N_
from storage.console import passes
from storage.console.ids import PassId
from storage.console.passes import LASTS, Kind, Pass
from storage.people.access import Right


def register(routes: Routes) -> None:
    routes.command("console", console, about=N_("The office in your browser"), right=Right.OPEN_CONSOLE)
    routes.press(presses.END, end, right=Right.OPEN_CONSOLE)
    routes.press(presses.END_ALL, end_all, right=Right.OPEN_CONSOLE)


async def console(talk: Talk) -> None:
    """The link stands behind the fragment sign, so that neither logs nor previews of links get to know it."""
    url = talk.context.settings.pages_url
    if not url:
        talk.say(
            talk._(
                "The console opens in a browser, which needs a public https address. Whoever runs this bot sets it: "
                "[web] public_url in config.toml."
            )
        )
        return
    token = await passes.issue(talk.session, talk.person.id, Kind.LINK, talk.now)
    minutes, hours = LASTS[Kind.LINK].seconds // 60, LASTS[Kind.SESSION].seconds // 3_600
    said = talk._(
        "Open it in your browser. The link works once, within {minutes} min; then you stay signed in for {hours} h. "
        "Don't pass it on: whoever opens it first is signed in as you."
    ).format(minutes=minutes, hours=hours)
    open_it = Button(talk._("🖥 Open the console"), url=f"{url}/console/enter#{token}")
    listed, buttons = await _sessions(talk)
    talk.say_protected(Markup("\n").join([Markup.escape(said), *listed]), [[open_it], *buttons])


async def _sessions(talk: Talk) -> tuple[Sequence[Markup], Buttons]:
    """What is open, and how it is ended."""
    found = await passes.sessions_of(talk.session, talk.person.id, talk.now)
    if not found:
        return [], []
    lines = [Markup("\n<b>{}</b>").format(talk._("Signed in"))]
    lines += [Markup("{}. {}").format(at, _line(talk, one)) for at, one in enumerate(found, start=1)]
    keys = [presses.END.button(f"✖ {at}", one.id) for at, one in enumerate(found, start=1)]
    rows = [keys[at : at + 5] for at in range(0, len(keys), 5)]
    return lines, [*rows, [presses.END_ALL.button(talk._("✖ Sign out everywhere"))]]


def _line(talk: Talk, one: Pass) -> str:
    until = talk._("until {time}").format(time=talk.view.moment(one.until))
    since = talk._("since {time}").format(time=talk.view.moment(one.since))
    line = talk._(", ").join([since, until])
    return bracketed(talk._, line, one.browser) if one.browser else line


async def end(talk: Talk, pass_id: PassId) -> None:
    """Its pages close within a second."""
    await passes.end(talk.session, pass_id, talk.person.id, talk.now)
    await _show_again(talk)


async def end_all(talk: Talk) -> None:
    """Links that were not used are void as well."""
    await passes.end_all(talk.session, talk.person.id, talk.now)
    await _show_again(talk)


async def _show_again(talk: Talk) -> None:
    lines, buttons = await _sessions(talk)
    talk.edit(Markup("\n").join([Markup.escape(talk._("Signed out.")), *lines]), buttons)
