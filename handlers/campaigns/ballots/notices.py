"""What people are told of a ballot: that it is open, that it is closed, and the box to those who look after it."""

from __future__ import annotations

from datetime import datetime

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.campaigns.ballots import presses, words
from handlers.campaigns.ballots.running import box_name
from handlers.campaigns.voice import opening_buttons
from handlers.chat.press import Page
from handlers.chat.readers import RECIPIENT
from handlers.chat.replies import File, Outgoing, message_params
from handlers.chat.routes import Routes
from handlers.chat.view import View
from storage.campaigns.ballots import ballots
from storage.campaigns.ballots.notices import BallotBox, BallotClosed, BallotOpened
from storage.campaigns.ballots.table import Ballot, State
from storage.campaigns.ids import BallotId
from storage.deliveries.queue import Claimed
from storage.people.access import Right
from storage.telegram_ids import private_chat_of


def register(routes: Routes) -> None:
    routes.notice_about(BallotOpened, opened_words, _opened, reader=RECIPIENT)
    routes.notice_about(BallotClosed, closed_words, _closed, reader=RECIPIENT)
    routes.compose(BallotBox.kind, box_of)


async def _opened(session: AsyncSession, notice: BallotOpened, now: datetime) -> Ballot | None:
    row = await ballots.find(session, notice.subject)
    return row if row.state is State.OPEN and row.closes_at > now else None


def opened_words(view: View, _notice: BallotOpened, row: Ballot) -> Page:
    """What is voted on, for how long, who is on the roll, and under which terms."""
    terms = row.as_said
    lines = [
        Markup("🗳 <b>{}</b>").format(view._("The secret ballot is open")),
        Markup.escape(terms.question),
        Markup(""),
    ]
    lines += [*words.rule_lines(view, terms), Markup("")]
    lines.append(Markup.escape(view._("You can vote until {moment}.").format(moment=view.end(row.closes_at))))
    roll = view._("Roll: {n} people, {hash}").format(n=row.roll_size, hash=words.short_hash(row.roll_hash.hex()))
    digest = view._("Terms: {hash}").format(hash=words.short_hash(terms.digest.hex()))
    lines += [Markup("<i>{}\n{}</i>").format(roll, digest)]
    rows = [[presses.PAPER.button(view._("🗳 My ballot paper"), row.id)], *opening_buttons(view, row.campaign_id)]
    return Markup("\n").join(lines), rows


async def _closed(session: AsyncSession, notice: BallotClosed, _now: datetime) -> Ballot | None:
    return await ballots.find(session, notice.subject)


def closed_words(view: View, _notice: BallotClosed, row: Ballot) -> Page:
    lines = [
        Markup("🔒 <b>{}</b>").format(view._("The secret ballot is closed")),
        Markup.escape(row.as_said.question),
        Markup(""),
    ]
    if row.state is State.NOT_OPENED:
        lines.append(Markup.escape(words.too_few(view)))
    else:
        box = view._("Box: {papers}, SHA-256 {hash}").format(papers=words.papers(view, row), hash=row.box_hash)
        if row.state is State.CLOSED:  # after a night its result may be there by now, and comes right after this
            lines.append(Markup.escape(view._("The trustees will now open the box. You'll hear the result from me.")))
        lines.append(Markup("<i>{}</i>").format(box))
    return Markup("\n").join(lines), opening_buttons(view, row.campaign_id)


async def box_of(session: AsyncSession, view: View, delivery: Claimed) -> Outgoing | None:
    """The box as a file, or why there is none; None for whoever has lost the right meanwhile."""
    person_id, staff = delivery.recipient, view.context.staff
    may_run = await staff.is_allowed(session, person_id, Right.RUN_CAMPAIGNS, view.now)
    if not (may_run or await staff.is_allowed(session, person_id, Right.OBSERVE_BALLOTS, view.now)):
        return None
    row = await ballots.find(session, BallotId(delivery.subject or 0))
    if row.state is State.NOT_OPENED:
        text = Markup("🗳 <b>{}</b>\n{}").format(row.as_said.question, words.too_few(view))
        return Outgoing("sendMessage", message_params(private_chat_of(person_id), text, None))
    content = await ballots.file_of(session, row.id) if row.state is State.CLOSED else None
    if content is None:
        return None
    params = {"chat_id": person_id, "caption": words.box_caption(view, row), "parse_mode": "HTML"}
    return Outgoing("sendDocument", params, files={"document": File(box_name(row), content)})
