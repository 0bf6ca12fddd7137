"""Riders comment on a clause under an alias, and back what others wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from handlers.campaigns import words as campaign_words
from handlers.campaigns.agreements import presses, words
from handlers.campaigns.agreements.paging import page_of, turning
from handlers.campaigns.agreements.reading import back_to_clause
from handlers.chat.press import Button, Page
from handlers.chat.routes import Routes
from handlers.chat.rows import packed
from handlers.chat.talk import Talk
from handlers.forms import forms
from handlers.forms.questionnaires import one_question
from handlers.forms.questions import NotAnAnswer, Question, asked
from handlers.i18n.translations import N_
from handlers.inputs.text import TextInput
from storage.campaigns import campaigns
from storage.campaigns.agreements import comment_lists, comments, reading
from storage.campaigns.agreements.comments import LONGEST, ClauseGone, CommentState
from storage.campaigns.agreements.private_numbers import holds_private_number
from storage.campaigns.agreements.reading import Draft
from storage.campaigns.campaigns import Phase, PhaseOver
from storage.campaigns.ids import ClauseId, CommentId

_ON_A_PAGE = 5
NO_NUMBERS = N_("Everyone will read this, so please leave out phone numbers, ID numbers and email addresses.")


def register(routes: Routes) -> None:
    routes.press(presses.COMMENTS, show, writes=False)
    routes.press(presses.COMMENT, begin)
    routes.press(presses.BACK, back)
    routes.form(_COMMENT)


async def show(talk: Talk, clause_id: ClauseId, page: int) -> None:
    draft = await reading.draft_for(talk.session, clause_id, talk.person.id, talk.now)
    talk.edit(*await _page(talk, draft, clause_id, page))


async def _page(talk: Talk, draft: Draft, clause_id: ClauseId, page: int) -> Page:
    """What everybody reads on a clause; open comments of others can be backed."""
    at = draft.at(clause_id)
    text = draft.texts[at] if at is not None else await reading.last_text(talk.session, clause_id)
    assert text is not None
    found = await comment_lists.public_on(talk.session, clause_id, talk.person.id)
    here, page, pages = page_of(found, page, _ON_A_PAGE)
    lines = [Markup("💬 <b>{}</b>").format(words.title(talk.view, text))]
    for one in here:
        lines += [Markup(""), words.comment(talk.view, one)]
    if not found:
        lines += [Markup(""), Markup("{}").format(talk._("No comments yet."))]
    rows: list[Sequence[Button]] = []
    if at is not None and await _is_open(talk, draft):
        rows += packed(
            [
                presses.BACK.button(f"👍 {one.alias or '…'}{' ✓' if one.is_backed else ''}", one.id)
                for one in here
                if one.state is CommentState.OPEN and not one.is_own
            ],
            3,
        )
        rows.append([presses.COMMENT.button(talk._("✍ Write a comment"), clause_id)])
    rows.append(turning(page, pages, lambda sign, to: presses.COMMENTS.button(sign, clause_id, to)))
    return Markup("\n").join(lines), [*rows, [back_to_clause(talk, clause_id)]]


async def _is_open(talk: Talk, draft: Draft) -> bool:
    try:
        await campaigns.require_phase(talk.session, draft.campaign, Phase.DRAFT, talk.now)
    except PhaseOver:
        return False
    return True


async def back(talk: Talk, comment_id: CommentId) -> None:
    row = await comments.back(talk.session, comment_id, talk.person.id, talk.now)
    talk.answer_callback(talk._("👍 You support this comment."))
    draft = await reading.draft_for(talk.session, row.clause_id, talk.person.id, talk.now)
    found = await comment_lists.public_on(talk.session, row.clause_id, talk.person.id)
    at = next((at for at, one in enumerate(found) if one.id == comment_id), 0)
    talk.edit(*await _page(talk, draft, row.clause_id, at // _ON_A_PAGE))


async def begin(talk: Talk, clause_id: ClauseId) -> None:
    draft = await reading.draft_for(talk.session, clause_id, talk.person.id, talk.now)
    await campaigns.require_phase(talk.session, draft.campaign, Phase.DRAFT, talk.now)
    if draft.at(clause_id) is None:
        raise ClauseGone
    await forms.begin(talk, _COMMENT, CommentDraft(id=clause_id))


async def holds_no_numbers(talk: Talk, _draft: object, text: str) -> None:
    if holds_private_number(text):
        raise NotAnAnswer(talk._(NO_NUMBERS))


@dataclass(frozen=True, slots=True)
class CommentDraft:
    id: ClauseId
    text: str = asked(
        Question(
            N_("Comment"),
            N_(
                "What should change in this clause, and why? Up to 300 characters. Others will read it without your "
                "name."
            ),
            TextInput(2, LONGEST),
            check=holds_no_numbers,
        )
    )


async def _written(talk: Talk, draft: CommentDraft) -> None:
    _, alias = await comments.write(talk.session, draft.id, talk.person.id, draft.text, talk.now)
    said = talk._(
        "Thank you. Once a coordinator has checked it, everyone can read it, signed “{alias}”. I'll tell you "
        "what becomes of it."
    ).format(alias=words.alias(talk.view, alias.label))
    talk.say(Markup("{}").format(said), [[back_to_clause(talk, draft.id)]])


async def _over(talk: Talk, comment: CommentDraft) -> str:
    draft = await reading.draft_for(talk.session, comment.id, talk.person.id, talk.now)
    return await campaign_words.over(talk, draft.campaign, Phase.DRAFT)


_COMMENT = replace(one_question("clause_comment", CommentDraft, _written), over=_over)
