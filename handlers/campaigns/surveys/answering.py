"""Answering a survey: one question a message, which becomes the next one when it is answered.

No answer may be found later in what is kept of an update: the message that follows is the same whatever was chosen, and
the ticks of a question with several choices stand on its own buttons until "Done". Those are changed by a call that is
kept nowhere (`Replies.call_api`).
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from handlers.campaigns import presses as campaign_presses
from handlers.campaigns.surveys import presses, words
from handlers.chat.press import Button, Buttons, Page
from handlers.chat.replies import buttons_markup
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from storage.campaigns.ids import CampaignId, QuestionId, SurveyId
from storage.campaigns.surveys import answers, questions, surveys
from storage.campaigns.surveys.answers import Sheet
from storage.campaigns.surveys.questions import Asked
from storage.campaigns.surveys.wording import Kind, Wording


def register(routes: Routes) -> None:
    routes.press(presses.ANSWER, go_on, writes=False)
    routes.press(presses.CHOOSE, choose, shares_transaction=True)
    routes.press(presses.TOGGLE, toggle, writes=False)
    routes.press(presses.DONE, done, shares_transaction=True)


async def go_on(talk: Talk, survey_id: SurveyId) -> None:
    """The first question that has no answer."""
    sheet = await answers.sheet_of(talk.session, survey_id, talk.person.id, talk.now)
    talk.edit(*_page(talk, sheet))


async def choose(talk: Talk, question_id: QuestionId, option: int) -> None:
    """The one answer to a question."""
    await _answer(talk, question_id, frozenset({option}))


async def done(talk: Talk, question_id: QuestionId, bits: int) -> None:
    """The answers that are ticked."""
    if bits == 0:
        talk.answer_callback(talk._("Choose at least one answer first."))
        return
    await _answer(talk, question_id, _options_of(bits))


async def _answer(talk: Talk, question_id: QuestionId, chosen: frozenset[int]) -> None:
    sheet, is_counted = await answers.answer(talk.session, question_id, chosen, talk.person.id, talk.now)
    if not is_counted:
        talk.answer_callback(talk._("You have already answered this question."))
    talk.edit(*_page(talk, sheet))


async def toggle(talk: Talk, question_id: QuestionId, bits: int) -> None:
    """Another answer is ticked, or one no longer: only the buttons change."""
    question = await questions.find(talk.session, question_id)
    survey = await surveys.find(talk.session, question.survey_id)
    await answers.require_open(talk.session, survey, talk.person.id, talk.now)
    most = (1 << question.wording.size) - 1
    leave = _leave(talk.view, survey.campaign_id)
    markup = buttons_markup([*_buttons(talk.view, question.asked, bits & most), leave])
    params = {"chat_id": talk.chat_id, "message_id": talk.pressed_message_id, "reply_markup": markup}
    talk.call_api("editMessageReplyMarkup", params)


def _options_of(bits: int) -> frozenset[int]:
    """The numbers of the options, from 1 on, of the bits that are set."""
    return frozenset(at for at in range(1, 64) if bits >> (at - 1) & 1)


def _page(talk: Talk, sheet: Sheet) -> Page:
    question, view = sheet.next, talk.view
    if question is None:
        back = [campaign_presses.SHOW.button(talk._("◀ Back"), sheet.campaign_id)]
        return _thanks(view, sheet), [back]
    lines = [words.heading(view, sheet), *question_lines(view, question, len(sheet.questions))]
    if not sheet.answered:
        lines += [Markup(""), Markup("🔒 <i>{}</i>").format(words.promise(view))]
    return Markup("\n").join(lines), [*_buttons(view, question), _leave(view, sheet.campaign_id)]


def _leave(view: View, campaign_id: CampaignId) -> list[Button]:
    return [campaign_presses.SHOW.button(view._("◀ Later"), campaign_id)]


def _thanks(view: View, sheet: Sheet) -> Markup:
    thanks = view._("✅ Thank you! That was the last question.")
    not_kept = view._("What you answered, and when, is not stored: it was only added to the totals.")
    return Markup("{}\n\n{}\n{}").format(words.heading(view, sheet), thanks, not_kept)


def question_lines(view: View, question: Asked, count: int, *, in_full: bool = False) -> Sequence[Markup]:
    """ "Question 3 of 7", and the question; the answers too if a button would cut one, or `in_full`."""
    wording = question.wording
    position = view._("Question {n} of {total}").format(n=question.position, total=count)
    lines = [
        Markup("<i>{}</i>").format(position),
        Markup(""),
        Markup("<b>{}</b>").format(words.question_text(view, wording)),
    ]
    labels = words.options(view, wording)
    if in_full or _is_long(labels):
        lines += [Markup("{}. {}").format(at, label) for at, label in enumerate(labels, 1)]
    if wording.kind is Kind.SEVERAL:
        lines.append(Markup("<i>{}</i>").format(view._("Several answers are possible.")))
    if wording.kind is Kind.RATING:
        lines.append(Markup("<i>{}</i>").format(view._("1: not at all, 5: very much")))
    return lines


def _is_long(labels: Sequence[str]) -> bool:
    return any(map(words.is_wide, labels))


def _buttons(view: View, question: Asked, bits: int = 0) -> Buttons:
    """One row an answer; the ratings stand side by side."""
    wording = question.wording
    labels = _labels(view, wording)
    if wording.kind is Kind.SEVERAL:
        rows = [[_tick(question, label, at, bits)] for at, label in enumerate(labels)]
        return [*rows, [presses.DONE.button(view._("✔ Done"), question.id, bits)]]
    chosen = [presses.CHOOSE.button(label, question.id, at) for at, label in enumerate(labels, 1)]
    return [chosen] if wording.kind is Kind.RATING else [[button] for button in chosen]


def _tick(question: Asked, label: str, at: int, bits: int) -> Button:
    mark = "✅" if bits >> at & 1 else "▫️"
    return presses.TOGGLE.button(f"{mark} {label}", question.id, bits ^ (1 << at))


def _labels(view: View, wording: Wording) -> Sequence[str]:
    labels = words.options(view, wording)
    return [f"{at}. {label}" for at, label in enumerate(labels, 1)] if _is_long(labels) else labels
