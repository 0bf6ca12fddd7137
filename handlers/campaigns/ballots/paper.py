"""A rider's paper: choose, look at it once more, put it in the box.

What is said here about a choice or a receipt leaves no trace (`Replies.leave_no_trace`), and nothing of it is a form.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from handlers.campaigns import presses as campaign_presses
from handlers.campaigns.ballots import presses, words
from handlers.chat.press import Button, Buttons, InvalidCallback
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from storage.campaigns.ballots import papers, receipts
from storage.campaigns.ballots.table import Ballot
from storage.campaigns.ids import BallotId


def register(routes: Routes) -> None:
    routes.press(presses.PAPER, show, writes=False)
    routes.press(presses.CHOOSE, choose, writes=False)
    routes.press(presses.VOTE, vote)


async def show(talk: Talk, ballot_id: BallotId) -> None:
    row = await papers.find_open(talk.session, ballot_id, talk.now)
    held = await papers.held(talk.session, ballot_id, talk.person.id)
    talk.edit(words.paper(talk.view, row, has_voted=held.voted), _options(talk, row))


def _options(talk: Talk, row: Ballot) -> Buttons:
    """The same before a vote and after it."""
    rows: list[Sequence[Button]] = [
        [presses.CHOOSE.button(words.option(talk.view, text), row.id, at)]
        for at, text in enumerate(row.as_said.options)
    ]
    return [*rows, [campaign_presses.SHOW.button(talk._("◀ Back"), row.campaign_id)]]


async def choose(talk: Talk, ballot_id: BallotId, choice: int) -> None:
    """Asks once more. The options stay where they were: a second tap on one asks the same again."""
    row = await papers.find_open(talk.session, ballot_id, talk.now)
    held = await papers.held(talk.session, ballot_id, talk.person.id)
    options = row.as_said.options
    if not 0 <= choice < len(options):
        raise InvalidCallback
    asks = Markup(talk._("This is your vote: <b>{option}</b>. Put it in the box?"))
    text = Markup("🗳 {}\n\n{}").format(
        row.as_said.question, asks.format(option=words.option(talk.view, options[choice]))
    )
    go = presses.VOTE.button(talk._("🗳 Put it in the box"), ballot_id, choice, held.mark)
    talk.edit(text, [[go], *_options(talk, row)])
    talk.leave_no_trace()


async def vote(talk: Talk, ballot_id: BallotId, choice: int, seen: str) -> None:
    """The receipt is shown once, in a pop-up; the page is that of any other vote."""
    receipt = await papers.vote(talk.session, ballot_id, talk.person.id, choice, seen, talk.now)
    row = await papers.find_open(talk.session, ballot_id, talk.now)
    said = talk._("Your vote is in the box.")
    if row.as_said.lists_votes:
        said = talk._(
            "In the box. Your receipt: {receipt}\n\nWrite it down: it is shown only once. With it you can find "
            "your vote in the published list. Keep it to yourself: it shows how you voted."
        ).format(receipt=receipts.shown(receipt))
    talk.answer_callback(said, alert=True)
    talk.leave_no_trace()
    talk.edit(words.paper(talk.view, row, has_voted=True), _options(talk, row))
