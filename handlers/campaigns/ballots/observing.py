"""/ballots: scrutineers see turnout and protocol of each ballot, and nothing else."""

from __future__ import annotations

from markupsafe import Markup

from handlers.campaigns.ballots import presses, words
from handlers.campaigns.ballots.running import send_box, voted_now
from handlers.chat.press import Button, Page
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.i18n.translations import N_
from storage.campaigns.ballots import ballots
from storage.campaigns.ballots.ballots import NoSuchBallot
from storage.campaigns.ballots.table import State
from storage.campaigns.ids import BallotId
from storage.people.access import Right

_SHOWN = 10
_RIGHT = Right.OBSERVE_BALLOTS


def register(routes: Routes) -> None:
    routes.command("ballots", command, about=N_("Turnout and records of secret ballots"), right=_RIGHT, writes=False)
    routes.press(presses.WATCH_LIST, list_again, right=_RIGHT, writes=False)
    routes.press(presses.WATCH, show, right=_RIGHT, writes=False)
    routes.press(presses.WATCH_BOX, send_box, right=_RIGHT, writes=False)


async def command(talk: Talk) -> None:
    talk.say(*await _list(talk))


async def list_again(talk: Talk) -> None:
    talk.edit(*await _list(talk))


async def _list(talk: Talk) -> Page:
    found = await ballots.begun(talk.session, _SHOWN)
    if not found:
        return Markup.escape(talk._("No ballot has been opened yet.")), []
    rows = [[presses.WATCH.button(f"🗳 {row.as_said.question[:40]}", row.id)] for row in found]
    return Markup("<b>{}</b>").format(talk._("Secret ballots")), rows


async def show(talk: Talk, ballot_id: BallotId) -> None:
    row = await ballots.find(talk.session, ballot_id)
    if row.state is State.PREPARED:
        raise NoSuchBallot
    text = Markup("\n").join(words.protocol(talk.view, row, await voted_now(talk, row)))
    rows: list[list[Button]] = []
    if row.state is State.CLOSED:
        rows.append([presses.WATCH_BOX.button(talk._("📦 The box, as a file"), row.id)])
    talk.edit(text, [*rows, [presses.WATCH_LIST.button(talk._("◀ All ballots"))]])
