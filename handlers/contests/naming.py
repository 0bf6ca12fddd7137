"""Coordinators name the judges of a contest, and dismiss them."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from handlers.chat.confirming import ask_first
from handlers.chat.press import Page
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.contests import presses, words
from handlers.forms import forms
from handlers.forms.questionnaires import one_question
from handlers.forms.questions import asked
from handlers.inputs.person import WHO, PersonMeant, person_link
from storage import audit
from storage.contests import contests, judges, judging
from storage.contests.audited import ContestAction
from storage.contests.contests import Contest
from storage.contests.ids import ContestId, JudgeId
from storage.contests.judges import Judge
from storage.contests.notices import JudgeNamed
from storage.people.access import Right

_RIGHT = Right.RUN_CONTESTS
_SHOWN = 20


def register(routes: Routes) -> None:
    routes.press(presses.JUDGES, show, right=_RIGHT, writes=False)
    routes.press(presses.NAME_JUDGE, begin, right=_RIGHT)
    routes.press(presses.ASK_TO_DISMISS, ask_to_dismiss, right=_RIGHT, writes=False)
    routes.press(presses.DISMISS, dismiss, right=_RIGHT)
    routes.form(_FORM)


async def show(talk: Talk, contest_id: ContestId) -> None:
    talk.edit(*await _page(talk, await contests.find(talk.session, contest_id)))


async def _page(talk: Talk, row: Contest) -> Page:
    """Who judges, and how far they have come."""
    lines = [words.heading(row), Markup("<b>{}</b>").format(talk._("⚖️ Judges"))]
    rows = []
    for judge in (await judges.of_contest(talk.session, row.id))[:_SHOWN]:
        assert judge.person_id is not None
        progress = await judging.progress(talk.session, row.id, judge.person_id)
        link = person_link(PersonMeant(judge.person_id, _label(talk, judge)))
        done = talk._("{n} of {total}").format(n=progress.scored, total=progress.assigned)
        lines.append(Markup("• {}{}").format(link, f" · {done}" if progress.assigned else ""))
        rows.append([presses.ASK_TO_DISMISS.button(f"✖ {_label(talk, judge)}", row.id, judge.id)])
    if not rows:
        lines.append(Markup.escape(talk._("No judge has been named yet.")))
    rows.append([presses.NAME_JUDGE.button(talk._("➕ Name a judge"), row.id)])
    rows.append([presses.RUN_SHOW.button(talk._("◀ Back"), row.id)])
    return Markup("\n").join(lines), rows


def _label(talk: Talk, judge: Judge) -> str:
    assert judge.person_id is not None
    return talk.context.names.of(judge.person_id) or str(judge.person_id)


@dataclass(frozen=True, slots=True)
class NewJudge:
    id: ContestId
    who: PersonMeant = asked(WHO)


async def begin(talk: Talk, contest_id: ContestId) -> None:
    await contests.find(talk.session, contest_id)
    await forms.begin(talk, _FORM, NewJudge(contest_id))


async def _named(talk: Talk, draft: NewJudge) -> None:
    row = await judging.name_judge(talk.session, draft.id, draft.who.id)
    await audit.note(
        talk.session, talk.person.id, ContestAction.JUDGE_NAMED, talk.now, draft.who.id, f"contest {row.id}"
    )
    talk.notify(draft.who.id, JudgeNamed(row.id))
    talk.say(*await _page(talk, row))


_FORM = one_question("contest_judge", NewJudge, _named, _RIGHT)


async def ask_to_dismiss(talk: Talk, contest_id: ContestId, judge_id: JudgeId) -> None:
    judge = await judges.get(talk.session, contest_id, judge_id)
    asks = talk._("Dismiss {name}? What they have not scored goes to the other judges; their scores stay.")
    go = presses.DISMISS.button(talk._("✖ Dismiss"), contest_id, judge_id)
    ask_first(talk, asks.format(name=_label(talk, judge)), go, presses.JUDGES.button(talk._("Keep"), contest_id))


async def dismiss(talk: Talk, contest_id: ContestId, judge_id: JudgeId) -> None:
    judge = await judging.dismiss(talk.session, contest_id, judge_id)
    await audit.note(
        talk.session, talk.person.id, ContestAction.JUDGE_DISMISSED, talk.now, judge.person_id, f"contest {contest_id}"
    )
    await show(talk, contest_id)
