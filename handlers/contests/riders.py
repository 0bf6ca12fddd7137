"""/contests: what is on, and a contest as riders see it."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from handlers.chat.press import Button, Page
from handlers.chat.routes import Routes
from handlers.chat.subjects import Subject
from handlers.chat.talk import Talk
from handlers.contests import presses, words
from handlers.contests.looking import viewer_of
from handlers.i18n.formatting import bracketed, labelled
from handlers.i18n.translations import N_
from storage.contests import contests, entries, judges, judging, looking, teams, votes
from storage.contests.contests import Contest, Phase
from storage.contests.entries import Entry, EntryState
from storage.contests.ids import ContestId
from storage.people.access import Role
from storage.phases import State

SUBJECT = Subject(
    N_("🏆 Contests"),
    {
        "zh_Hans": "比赛、大赛、竞赛、评选、作品、投稿、投票、获奖、证书",
        "en": "contest, contests, competition, entry, winners, prize, certificate",
    },
)
_SHOWN = 8


def register(routes: Routes) -> None:
    routes.command("contests", command, about=N_("Contests: enter, look, vote"), writes=False, subject=SUBJECT)
    routes.press(presses.LIST, list_again, writes=False)
    routes.press(presses.SHOW, show, writes=False)
    routes.press(presses.RULES, rules, writes=False)


async def command(talk: Talk) -> None:
    """The one contest at once; else the list."""
    found = await contests.all_of(talk.session, State.RUNNING, State.ENDED)
    running = [row for row in found if row.state is State.RUNNING]
    to_judge = await judges.judged_by(talk.session, talk.person.id)
    is_one = len(running) == 1 and all(row.id == running[0].id for row in to_judge)
    talk.say(*(await page(talk, running[0]) if is_one else await _list(talk, found)))


async def list_again(talk: Talk) -> None:
    talk.edit(*await _list(talk, await contests.all_of(talk.session, State.RUNNING, State.ENDED)))


async def show(talk: Talk, contest_id: ContestId) -> None:
    talk.edit(*await page(talk, await contests.find_started(talk.session, contest_id)))


async def rules(talk: Talk, contest_id: ContestId) -> None:
    row = await contests.find_started(talk.session, contest_id)
    lines = [
        words.heading(row),
        Markup(""),
        Markup.escape(row.rules),
        Markup(""),
        Markup.escape(words.entering_line(talk.view, contests.settings_of(row))),
        *words.deciding_lines(talk.view, talk.session, row),
    ]
    talk.edit(Markup("\n").join(lines), [[presses.SHOW.button(talk._("◀ Back"), row.id)]])


async def _list(talk: Talk, found: Sequence[Contest]) -> Page:
    rows: list[Sequence[Button]] = [
        [await judge_button(talk, row, f" · {row.title[:30]}")]
        for row in await judges.judged_by(talk.session, talk.person.id)
    ]
    for row in found[:_SHOWN]:
        sign = "✅" if row.state is State.ENDED else "▶️"
        rows.append([presses.SHOW.button(f"{sign} {row.title[:40]}", row.id)])
    if not rows:
        return talk._("There is no contest right now. I'll let you know when one begins."), []
    return Markup("🏆 <b>{}</b>").format(talk._("Contests")), rows


async def judge_button(talk: Talk, row: Contest, more: str = "") -> Button:
    """How far this judge has come, and the way on."""
    progress = await judging.progress(talk.session, row.id, talk.person.id)
    said = talk._("⚖️ To judge: {n} of {total}").format(n=progress.assigned - progress.scored, total=progress.assigned)
    return presses.JUDGE.button(said + more, row.id, 0)


async def page(talk: Talk, row: Contest) -> Page:
    """A contest as those see it who may take part, look and vote."""
    settings = contests.settings_of(row)
    phases = await contests.phases_of(talk.session, row.id)
    mine = await entries.of_person(talk.session, row.id, talk.person.id)
    lines = [words.heading(row), Markup(""), words.ON_PHASES.timeline(talk.view, row, phases), *await _said(talk, row)]
    if settings.prizes:
        lines += [Markup(""), *words.prize_lines(talk.view, settings)]
    if mine:
        lines += [Markup(""), Markup("<b>{}</b>").format(talk._("My entries"))]
        lines += [_mine_line(talk, one, settings.categories[one.category]) for one in mine]
    return Markup("\n").join(lines), await _buttons(talk, row, mine)


async def _said(talk: Talk, row: Contest) -> list[Markup]:
    """What the phase is about, as long as it is open."""
    if row.phase is None or row.state is State.ENDED:
        return []
    said = [talk._(words.SENTENCES[row.phase])]
    if row.phase is Phase.VOTE:
        is_member = Role.MEMBER in talk.person.roles
        if not await votes.may_vote(talk.session, row, talk.person.id, is_member=is_member):
            return [Markup(""), Markup.escape(words.not_a_voter(talk.view, row))]
        said.append(talk._(words.SLOTS[contests.settings_of(row).slot]))
        said.append(
            talk._("Your last vote counts, and nobody is shown how you voted. The numbers are published at the end.")
        )
    return [Markup(""), *map(Markup.escape, said)]


def _mine_line(talk: Talk, one: Entry, category: str) -> Markup:
    title = entries.title_of(talk.session, one)
    name = bracketed(talk._, title, category)
    return "• " + labelled(talk._, name, words.entry_state(talk.view, one))


async def _buttons(talk: Talk, row: Contest, mine: Sequence[Entry]) -> list[Sequence[Button]]:
    rows: list[Sequence[Button]] = []
    settings = contests.settings_of(row)
    if row.phase is Phase.JUDGING and await judges.find(talk.session, row.id, talk.person.id) is not None:
        rows.append([await judge_button(talk, row)])
    if row.phase is Phase.ENTRY and row.state is State.RUNNING and len(mine) < settings.entries_each:
        rows.append([presses.ENTER.button(talk._("➕ Take part"), row.id)])
    member = await teams.membership(talk.session, row.id, talk.person.id)
    if settings.by_team and member is None and row.phase is Phase.ENTRY and row.state is State.RUNNING:
        rows.append([presses.JOIN_BY_CODE.button(talk._("👥 Join a team"), row.id)])
    if member is not None:
        rows.append([presses.TEAM.button(talk._("👥 Your team"), row.id)])
    rows += [
        [presses.MINE.button(talk._("✎ {name}").format(name=entries.title_of(talk.session, one)[:40]), one.id)]
        for one in mine
    ]
    asks_member = member is not None and member.rules_version != row.rules_version and _takes_consent(row)
    has_to_agree = any(one.state is EntryState.AGREEING and one.person_id == talk.person.id for one in mine)
    if asks_member or (has_to_agree and row.state is State.RUNNING):
        again = presses.AGREE_AGAIN.button(talk._("✅ I agree to the new rules"), row.id, row.rules_version)
        rows.append([again])
    if row.phase is Phase.RESULT:
        rows.append([presses.WINNERS.button(talk._("🏅 Winners"), row.id)])
    if await looking.may_look(talk.session, row, viewer_of(talk)):
        rows += [[presses.LOOK.button(f"👀 {category}", row.id, at)] for at, category in enumerate(settings.categories)]
    rows.append([presses.RULES.button(talk._("📜 Rules"), row.id)])
    if len(await contests.all_of(talk.session, State.RUNNING, State.ENDED)) > 1:
        rows.append([presses.LIST.button(talk._("◀ All contests"))])
    return rows


def _takes_consent(row: Contest) -> bool:
    return row.phase in (Phase.ENTRY, Phase.CHECK) and row.state is State.RUNNING
