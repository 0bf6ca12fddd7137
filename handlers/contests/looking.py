"""Looking at entries one by one, in an order of one's own, and voting."""

from __future__ import annotations

from urllib.parse import quote

from markupsafe import Markup

from handlers.chat.press import Button, Buttons, InvalidCallback, Page
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.contests import presses, showing, words
from storage.contests import contests, entries, looking, votes
from storage.contests.contests import Contest, ContestClosed, Phase
from storage.contests.entries import Entry, NoSuchEntry
from storage.contests.ids import ContestId, EntryId
from storage.contests.looking import Viewer
from storage.contests.votes import MayNotVote, Voted
from storage.people.access import Right, Role
from storage.phases import State
from storage.refusals import Refused

BY_LOOKING, BY_LINK = 0, 1


def register(routes: Routes) -> None:
    routes.press(presses.LOOK, look, writes=False)
    routes.press(presses.TURN, turn, writes=False)
    routes.press(presses.VOTE, vote, shares_transaction=True)
    routes.link("con", linked, writes=False)


def viewer_of(talk: Talk) -> Viewer:
    return Viewer(talk.person.id, talk.person.may(Right.RUN_CONTESTS))


async def look(talk: Talk, contest_id: ContestId, category: int) -> None:
    """The first entry of a category in this person's order, as a message of its own."""
    contest = await contests.find_started(talk.session, contest_id)
    viewer = viewer_of(talk)
    await looking.require_may_look(talk.session, contest, viewer)
    order = await looking.order_for(talk.session, contest_id, category, talk.person.id)
    if not order:
        talk.answer_callback(talk._("There is no entry in this category."))
        return
    row = await looking.find(talk.session, order[0], viewer)
    showing.send(talk, entries.content_of(talk.session, row), *await _page(talk, contest, row, BY_LOOKING))


async def turn(talk: Talk, entry_id: EntryId) -> None:
    """Another entry, in place of the one before."""
    row = await looking.find(talk.session, entry_id, viewer_of(talk))
    contest = await contests.find(talk.session, row.contest_id)
    showing.turn(talk, entries.content_of(talk.session, row), *await _page(talk, contest, row, BY_LOOKING))


async def linked(talk: Talk, payload: str) -> None:
    """By a shared link, `con_<number>`."""
    if not (payload.isascii() and payload.isdigit() and len(payload) < 19):
        raise NoSuchEntry
    row = await looking.find(talk.session, EntryId(int(payload)), viewer_of(talk))
    contest = await contests.find(talk.session, row.contest_id)
    showing.send(talk, entries.content_of(talk.session, row), *await _page(talk, contest, row, BY_LINK))


async def _page(talk: Talk, contest: Contest, row: Entry, how: int) -> Page:
    content = entries.content_of(talk.session, row)
    place = await looking.neighbours(talk.session, row, talk.person.id)
    number = talk._("{n} of {total}").format(n=place.number, total=place.total)
    text = showing.about(content, contests.settings_of(contest).categories[row.category])
    text += Markup("\n\n<i>{}</i>").format(number)
    refusal = await _refusal(talk, contest, row)
    if refusal is MayNotVote:
        text += Markup("\n<i>{}</i>").format(words.not_a_voter(talk.view, contest))
    link = talk.context.link(f"con_{row.id}")
    share = Button(
        talk._("↗ Share"), url=f"https://t.me/share/url?url={quote(link, safe='')}&text={quote(content.title, safe='')}"
    )
    back = presses.SHOW.button(talk._("🏆 Contest"), contest.id)
    voting = [presses.VOTE.button(talk._("👍 Vote for this"), row.id, how)] if refusal is None else []
    buttons: Buttons = [voting, _turning(place), [share, back], _removing(talk, row)]
    return text, buttons


async def _refusal(talk: Talk, contest: Contest, row: Entry) -> type[Refused] | None:
    """Why they can't vote for the entry; None: they can."""
    if contest.phase is not Phase.VOTE or contest.state is not State.RUNNING:
        return ContestClosed
    is_member = Role.MEMBER in talk.person.roles
    return await votes.refusal(talk.session, row.id, talk.person.id, talk.now, is_member=is_member)


def _turning(place: looking.Neighbours) -> list[Button]:
    if place.total == 1:
        return []
    return [presses.TURN.button("◀", place.before), presses.TURN.button("▶", place.after)]


def _removing(talk: Talk, row: Entry) -> list[Button]:
    if not talk.person.may(Right.RUN_CONTESTS):
        return []
    return [presses.TAKE_DOWN.button(talk._("🚫 Take it down …"), row.id)]


async def vote(talk: Talk, entry_id: EntryId, how: int) -> None:
    """Answered by a pop-up alone: a message for each vote would take the bot hours."""
    if how not in (BY_LOOKING, BY_LINK):
        raise InvalidCallback
    voted = Voted(Role.MEMBER in talk.person.roles, talk.local_today, by_link=how == BY_LINK)
    has_changed = await votes.vote(talk.session, entry_id, talk.person.id, voted, talk.now)
    if not has_changed:
        talk.answer_callback(talk._("You have already voted for this entry."))
        return
    talk.answer_callback(talk._("👍 Your vote is counted. You can move it to another entry until voting ends."))
