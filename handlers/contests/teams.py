"""A team of a contest: who is in it, the link by which its captain invites others, joining and leaving."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from markupsafe import Markup

from handlers.chat.confirming import ask_first
from handlers.chat.press import Button, Page
from handlers.chat.readers import RECIPIENT
from handlers.chat.replies import Outgoing
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.contests import presses, showing, words
from handlers.contests.entering import take_down
from handlers.contests.inputs import ASK_FOR_CODE, CodeInput
from handlers.contests.names import names_somebody
from handlers.forms import forms
from handlers.forms.questionnaires import one_question
from handlers.forms.questions import Choice, NotAnAnswer, Question, asked
from handlers.i18n.formatting import in_a_line
from handlers.i18n.translations import N_
from handlers.inputs.account import account_choice
from handlers.inputs.text import TextInput
from storage.contests import contests, entries, joining, teams
from storage.contests.contests import Contest, Phase
from storage.contests.entries import Entry, RulesChanged
from storage.contests.ids import ContestId
from storage.contests.notices import TeamChanged
from storage.contests.teams import LONGEST_MEMBER, MOST_MEMBERS, NoSuchTeam, Team
from storage.phases import State

LINK = "team"


def register(routes: Routes) -> None:
    routes.link(LINK, invited, writes=False)
    routes.press(presses.TEAM, show, writes=False)
    routes.press(presses.JOIN_BY_CODE, ask_for_code)
    routes.press(presses.INVITE_ANEW, invite_anew)
    routes.press(presses.JOIN, join)
    routes.press(presses.ASK_TO_LEAVE, ask_to_leave, writes=False)
    routes.press(presses.LEAVE, leave)
    routes.notice(TeamChanged, changed_words, reader=RECIPIENT)
    routes.form(_FORM)
    routes.form(_CODE)


async def show(talk: Talk, contest_id: ContestId) -> None:
    """The team that this person is in."""
    contest = await contests.find_started(talk.session, contest_id)
    row = await teams.of_person(talk.session, contest_id, talk.person.id)
    if row is None:
        raise NoSuchTeam
    talk.edit(*await _page(talk, contest, row))


async def _page(talk: Talk, contest: Contest, row: Team) -> Page:
    """Its members; and for its captain, as long as entries are taken, the invitation."""
    content = teams.content_of(talk.session, row)
    members = await teams.members(talk.session, row.id)
    lines = [words.heading(contest), Markup("👥 <b>{}</b>").format(content.name), Markup("")]
    for member in members:
        name = teams.name_of(talk.session, member) or talk._("(no name shown)")
        you = talk._("you")
        lines.append(Markup("• {}{}").format(name, f" · {you}" if member.person_id == talk.person.id else ""))
    is_captain = members[0].person_id == talk.person.id
    is_open = contest.phase is Phase.ENTRY and contest.state is State.RUNNING
    rows: list[Sequence[Button]] = []
    if is_captain and is_open and len(members) < MOST_MEMBERS:
        link = talk.context.link(f"{LINK}_{content.invitation}")
        said = talk._(
            "Send this link to whoever is in your team, or tell them the code; there is room for {n} more. Everyone "
            "agrees to the rules themselves, and chooses the name that is shown."
        ).format(n=MOST_MEMBERS - len(members))
        code = talk._("Code: {code}").format(code=content.invitation)
        lines += [Markup(""), Markup("{}\n<code>{}</code>\n<b>{}</b>").format(said, link, code)]
        send = f"https://t.me/share/url?url={quote(link, safe='')}&text={quote(content.name, safe='')}"
        rows.append([Button(talk._("↗ Invite"), url=send), Button(talk._("📋 Copy link"), copied=link)])
        rows.append([presses.INVITE_ANEW.button(talk._("🔁 New link and code"), contest.id)])
    rows.append([presses.ASK_TO_LEAVE.button(talk._("🚪 Leave the team …"), contest.id)])
    rows.append([presses.SHOW.button(talk._("◀ Back"), contest.id)])
    return Markup("\n").join(lines), rows


async def invite_anew(talk: Talk, contest_id: ContestId) -> None:
    row = await teams.invite_anew(talk.session, contest_id, talk.person.id)
    talk.answer_callback(talk._("The old link and code no longer work."))
    talk.edit(*await _page(talk, await contests.find(talk.session, contest_id), row))


@dataclass(frozen=True, slots=True)
class Code:
    """What a captain has told somebody, or sent them."""

    contest: ContestId
    code: str = asked(
        Question(
            N_("Code"),
            ASK_FOR_CODE,
            CodeInput(),
        ),
        default="",
    )


async def ask_for_code(talk: Talk, contest_id: ContestId) -> None:
    contest = await contests.find_started(talk.session, contest_id)
    await contests.require_phase(talk.session, contest, Phase.ENTRY, talk.now)
    await forms.begin(talk, _CODE, Code(contest.id))


async def _found_by_code(talk: Talk, draft: Code) -> None:
    await invited(talk, draft.code)


_CODE = one_question("contest_team_code", Code, _found_by_code)


async def invited(talk: Talk, invitation: str) -> None:
    """The rules, to be agreed to before anything else; whose team it is."""
    row = await joining.find(talk.session, invitation)
    contest = await contests.find_started(talk.session, row.contest_id)
    await joining.require_may_join(talk.session, contest, row, talk.person.id, talk.now)
    asks = talk._(
        "You are invited to the team “{team}”. If you join, the name that you choose is shown with its entries. You "
        "can leave at any time: your name goes then, and what the team has entered stays with the others."
    ).format(team=teams.content_of(talk.session, row).name)
    text = Markup("👥 {}\n\n{}").format(asks, words.consent(talk.view, contest))
    yes = presses.JOIN.button(talk._("✅ I agree and join"), invitation, contest.rules_version)
    talk.say(text, [[yes], [presses.SHOW.button(talk._("No, thank you"), contest.id)]])


def _name_choices(talk: Talk, _draft: Joining) -> Sequence[Choice[str]]:
    name = talk.incoming.account_name[:LONGEST_MEMBER]
    return [account_choice(talk, name)] if name else []


async def _check_name(talk: Talk, draft: Joining, name: str) -> None:
    """Judges read the entries, which may not say who is in the team."""
    row = await joining.find(talk.session, draft.invitation)
    if Phase.JUDGING not in await contests.phases_of(talk.session, row.contest_id):
        return
    for entry in await entries.of_team(talk.session, row.id):
        content = entries.content_of(talk.session, entry)
        if names_somebody(f"{content.title}\n{content.words}", [name, talk.incoming.account_name]):
            raise NotAnAnswer(
                talk._(
                    "Judges mustn't know whose entry it is, but your name is in the text of “{title}”. Ask your "
                    "team to take it out, or choose another name."
                ).format(title=content.title)
            )


@dataclass(frozen=True, slots=True)
class Joining:
    invitation: str
    rules_version: int
    name: str = asked(
        Question(
            N_("Your name"),
            N_("Which name should the team show for you? Your account's name, or a nickname."),
            TextInput(1, LONGEST_MEMBER),
            choices=_name_choices,
            check=_check_name,
        ),
        default="",
    )


async def join(talk: Talk, invitation: str, version: int) -> None:
    row = await joining.find(talk.session, invitation)
    contest = await contests.find_started(talk.session, row.contest_id)
    await joining.require_may_join(talk.session, contest, row, talk.person.id, talk.now)
    if version != contest.rules_version:
        raise RulesChanged
    talk.remove_buttons()
    await forms.begin(talk, _FORM, Joining(invitation, version))


async def _joined(talk: Talk, draft: Joining) -> None:
    row = await joining.find(talk.session, draft.invitation)
    contest = await contests.find(talk.session, row.contest_id)
    if draft.rules_version != contest.rules_version:
        talk.say(talk._("The rules have changed since you began. Please read them before you join."))
        await invited(talk, draft.invitation)
        return
    joined = await joining.join(
        talk.session, draft.invitation, talk.person.id, draft.name, draft.rules_version, talk.now
    )
    told = TeamChanged(contest.id, draft.name, has_joined=True, title=contest.title, checks_anew=joined.checks_anew)
    await _tell(talk, joined.team, told)
    text, buttons = await _page(talk, contest, joined.team)
    talk.say(Markup("✅ <b>{}</b>\n\n{}").format(talk._("You are in the team."), text), buttons)


async def _over(talk: Talk, draft: Joining) -> str:
    row = await teams.invited_to(talk.session, draft.invitation)
    return "" if row is None else await words.over(talk, row.contest_id)


_FORM = replace(one_question("contest_team", Joining, _joined), over=_over)


async def _tell(talk: Talk, row: Team, notice: TeamChanged) -> None:
    """The others of the team."""
    for member in await teams.members(talk.session, row.id):
        if member.person_id != talk.person.id:
            talk.notify(member.person_id, notice)


def changed_words(view: View, notice: TeamChanged) -> Page:
    said = view._("{name} has joined your team.") if notice.has_joined else view._("{name} has left your team.")
    said = said.format(name=notice.name or view._("Someone"))
    if notice.checks_anew:
        again = view._("The names shown with your team's entries have changed, so the entries will be checked again.")
        said = in_a_line(said, again)
    head = Markup("🏆 <b>{}</b>\n").format(notice.title) if notice.title else ""
    return head + Markup("👥 {}").format(said), [[presses.TEAM.button(view._("👥 Your team"), notice.contest_id)]]


async def ask_to_leave(talk: Talk, contest_id: ContestId) -> None:
    row = await teams.of_person(talk.session, contest_id, talk.person.id)
    if row is None:
        raise NoSuchTeam
    if len(await teams.members(talk.session, row.id)) > 1:
        asks = talk._(
            "Leave the team? Your name is removed from its entries, which stay with the others. You still can't vote "
            "for them."
        )
    else:
        asks = talk._("Leave the team? Nobody else is in it, so its entries are withdrawn.")
    go = presses.LEAVE.button(talk._("🚪 Leave"), contest_id)
    ask_first(talk, asks, go, presses.TEAM.button(talk._("Stay in the team"), contest_id))


async def leave(talk: Talk, contest_id: ContestId) -> None:
    contest = await contests.find(talk.session, contest_id)
    await _leave(talk, contest)
    talk.edit(talk._("You have left the team."), [[presses.SHOW.button(f"🏆 {contest.title[:40]}", contest.id)]])


async def _leave(talk: Talk, contest: Contest) -> None:
    """Their name goes from the posts in the channel too."""
    member = await teams.membership(talk.session, contest.id, talk.person.id)
    row = await teams.of_person(talk.session, contest.id, talk.person.id)
    if member is None or row is None:
        raise NoSuchTeam
    name = teams.name_of(talk.session, member)
    for entry in await joining.leave(talk.session, contest.id, talk.person.id):
        if entry.content is None:
            take_down(talk, contest, entry)
        else:
            _name_anew(talk, contest, entry)
    await _tell(talk, row, TeamChanged(contest.id, name, has_joined=False, title=contest.title))


def _name_anew(talk: Talk, contest: Contest, row: Entry) -> None:
    """In the entry's post, as the team is now."""
    if not contest.channel or row.post is None:
        return
    content = entries.content_of(talk.session, row)
    category = contests.settings_of(contest).categories[row.category]
    method, params = showing.edit_of(content, showing.post_text(talk.context, content, category, row.id))
    post = {"chat_id": contest.channel, "message_id": row.post, **params}
    talk.outgoing.append(Outgoing(method, post, minor=True))


async def leave_all(talk: Talk) -> None:
    """All teams of somebody who leaves, and then the posts of what they entered alone."""
    for member in await teams.memberships_of(talk.session, talk.person.id):
        await _leave(talk, await contests.find(talk.session, member.contest_id))
    for row in await entries.posted_by(talk.session, talk.person.id):
        take_down(talk, await contests.find(talk.session, row.contest_id), row)
