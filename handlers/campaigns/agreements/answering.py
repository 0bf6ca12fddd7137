"""Coordinators work through what riders wrote, clause by clause: one press and one sentence each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from handlers.campaigns.agreements import presses, words
from handlers.campaigns.agreements.commenting import holds_no_numbers
from handlers.chat.press import Button, InvalidCallback, Page
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.forms import forms
from handlers.forms.questionnaires import Form, questionnaire
from handlers.forms.questions import Question, asked
from handlers.i18n.translations import N_, number
from handlers.inputs.text import TextInput
from storage import audit
from storage.campaigns.agreements import comment_lists, comments, reading, versions
from storage.campaigns.agreements.audited import AgreementAction
from storage.campaigns.agreements.comments import DECISIONS, LONGEST, Comment, CommentState, Refusal, Settled
from storage.campaigns.agreements.notices import CommentSettled
from storage.campaigns.ids import CampaignId, CommentId
from storage.people.access import Right

_RIGHT = Right.RUN_CAMPAIGNS


def register(routes: Routes) -> None:
    routes.press(presses.WORK, work, right=_RIGHT, writes=False)
    routes.press(presses.SHOW, show, right=_RIGHT)
    routes.press(presses.ASK_TO_REFUSE, ask_to_refuse, right=_RIGHT, writes=False)
    routes.press(presses.REFUSE, refuse, right=_RIGHT)
    routes.press(presses.SETTLE, settle, right=_RIGHT)
    routes.form(_ANSWER)


async def work(talk: Talk, campaign_id: CampaignId, after: CommentId) -> None:
    """The next comment that waits behind this one, from the first again after the last."""
    talk.edit(*await _next(talk, campaign_id, after))


async def _next(talk: Talk, campaign_id: CampaignId, after: CommentId) -> Page:
    following, waiting = await comment_lists.next_to_do(talk.session, campaign_id, after)
    if following is None:
        back = presses.RUN.button(talk._("◀ Draft agreement"), campaign_id)
        return talk._("✓ All comments are answered."), [[back]]
    return await _page(talk, await comments.find(talk.session, following), waiting)


async def _page(talk: Talk, row: Comment, waiting: int) -> Page:
    (shown,) = await comment_lists.shown_as(talk.session, [row])
    text = await reading.last_text(talk.session, row.clause_id)
    assert text is not None
    count = talk.plural("{n} comment left", "{n} comments left", waiting).format(n=number(waiting, talk.language))
    who = talk._("{alias}, on version {n}").format(alias=words.alias(talk.view, shown.alias), n=shown.version)
    head = Markup("<b>{}</b>").format(who)
    lines = [
        Markup("💬 {}").format(count),
        Markup("<b>{}</b>").format(words.title(talk.view, text)),
        Markup(""),
        words.spaced(head, words.backers(talk.view, shown.backers)),
        Markup("<blockquote>{}</blockquote>").format(shown.text),
    ]
    is_waiting = row.state is CommentState.WAITING
    rows = _waiting_buttons(talk, row) if is_waiting else await _open_buttons(talk, row, shown.version)
    later = [presses.WORK.button(talk._("⏭ Later"), row.campaign_id, row.id)]
    back = [presses.RUN.button(talk._("◀ Draft agreement"), row.campaign_id)]
    return Markup("\n").join(lines), [*rows, later, back]


def _waiting_buttons(talk: Talk, row: Comment) -> list[Sequence[Button]]:
    return [
        [presses.SHOW.button(talk._("👁 Show it to everyone"), row.id)],
        [presses.ASK_TO_REFUSE.button(talk._("✋ Don't show it …"), row.id)],
    ]


async def _open_buttons(talk: Talk, row: Comment, version: int) -> list[Sequence[Button]]:
    """It can be taken into the version after the newest; into the newest too where it is about an earlier one."""
    following = await versions.next_number(talk.session, row.campaign_id)
    into = [one for one in (following - 1, following) if one > version]
    taken = [
        [presses.SETTLE.button(talk._("✔ Adopted in version {n} …").format(n=one), row.id, CommentState.TAKEN, one)]
        for one in into
    ]
    return [
        *taken,
        [presses.SETTLE.button(talk._("✖ Not adopted …"), row.id, CommentState.NOT_TAKEN, 0)],
        [presses.SETTLE.button(talk._("💬 Answer …"), row.id, CommentState.ANSWERED, 0)],
    ]


async def show(talk: Talk, comment_id: CommentId) -> None:
    row = await comments.show(talk.session, comment_id)
    await _note(talk, AgreementAction.COMMENT_SHOWN, row, "")
    waiting = await comment_lists.to_do(talk.session, row.campaign_id)
    talk.edit(*await _page(talk, row, len(waiting)))


async def ask_to_refuse(talk: Talk, comment_id: CommentId) -> None:
    """For which of the published reasons."""
    row = await comments.find(talk.session, comment_id)
    if row.state is not CommentState.WAITING:
        raise Settled
    asks = Markup("{}").format(talk._("Why not show it? Its author is told the reason."))
    reasons = [presses.REFUSE.button(talk._(said), row.id, refusal) for refusal, said in words.REFUSALS.items()]
    back = presses.WORK.button(talk._("◀ Back"), row.campaign_id, CommentId(0))
    talk.edit(asks, [*([one] for one in reasons), [back]])


async def refuse(talk: Talk, comment_id: CommentId, refusal: str) -> None:
    if refusal not in list(Refusal):
        raise InvalidCallback
    row = await comments.refuse(talk.session, comment_id, Refusal(refusal))
    await _note(talk, AgreementAction.COMMENT_REFUSED, row, refusal)
    await _tell_author(talk, row)
    talk.edit(*await _next(talk, row.campaign_id, row.id))


async def settle(talk: Talk, comment_id: CommentId, decision: str, version: int) -> None:
    """Asks for the sentence that its author and everybody else read."""
    row = await comments.find(talk.session, comment_id)
    if row.state is not CommentState.OPEN:
        raise Settled
    state = _decision(decision)
    following = await versions.next_number(talk.session, row.campaign_id)
    if state is CommentState.TAKEN and version not in (following - 1, following):
        raise InvalidCallback
    await forms.begin(talk, _ANSWER, Answer(id=comment_id, decision=state, version=version))


def _decision(text: str) -> CommentState:
    if text not in DECISIONS:
        raise InvalidCallback
    return CommentState(text)


def _ask(talk: Talk, draft: Answer) -> str:
    asks = {
        CommentState.TAKEN: talk._("How was it adopted? One sentence for its author and everyone else, or skip it."),
        CommentState.NOT_TAKEN: talk._("Why not? One sentence for its author and everyone else."),
        CommentState.ANSWERED: talk._("What is your answer? One sentence for its author and everyone else."),
    }
    return asks[draft.decision]


@dataclass(frozen=True, slots=True)
class Answer:
    id: CommentId
    decision: CommentState
    version: int
    text: str = asked(
        Question(
            N_("Reply"),
            _ask,
            TextInput(2, LONGEST),
            optional=lambda draft: draft.decision is CommentState.TAKEN,
            check=holds_no_numbers,
        ),
        default="",
    )


async def _answered(talk: Talk, draft: Answer) -> None:
    taken_in = draft.version if draft.decision is CommentState.TAKEN else None
    row = await comments.decide(talk.session, draft.id, draft.decision, draft.text, taken_in)
    await _note(talk, AgreementAction.COMMENT_SETTLED, row, draft.decision)
    await _tell_author(talk, row)
    talk.say(*await _next(talk, row.campaign_id, row.id))


_ANSWER = Form(
    name="clause_answer",
    title=N_("Reply"),
    questionnaire=questionnaire(Answer),
    done=_answered,
    review=False,
    right=_RIGHT,
)


async def _tell_author(talk: Talk, row: Comment) -> None:
    """Once, since a comment is settled once."""
    author = await comments.author_of(talk.session, row)
    text = await reading.last_text(talk.session, row.clause_id)
    if author is None or text is None:
        return
    notice = CommentSettled(
        clause_id=row.clause_id,
        clause=f"{text.number} {text.heading}".strip(),
        text=comments.text_of(talk.session, row),
        state=row.state,
        refusal=row.refusal or "",
        answer=row.answer,
        taken_in=row.taken_in or 0,
    )
    talk.notify(author, notice)


async def _note(talk: Talk, action: AgreementAction, row: Comment, what: str) -> None:
    about = f"campaign {row.campaign_id}: comment {row.id}" + (f", {what}" if what else "")
    await audit.note(talk.session, talk.person.id, action, talk.now, about=about)
