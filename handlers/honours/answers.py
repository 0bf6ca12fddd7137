"""The survey of the situation, as an honoured person answers it, and how their answers read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import make_dataclass
from datetime import datetime
from functools import cache, partial
from typing import Any

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.chat.confirming import ask_first
from handlers.chat.press import Button, Page
from handlers.chat.readers import RECIPIENT
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.forms import forms
from handlers.forms.questionnaires import Form, questionnaire
from handlers.forms.questions import Choice, Question, asked
from handlers.honours import presses
from handlers.i18n.formatting import labelled
from handlers.i18n.translations import N_
from handlers.inputs.choice import ButtonInput
from handlers.inputs.text import TEXT, ParagraphInput
from storage.cases.desks import Words, in_language
from storage.honours import register, situations
from storage.honours.ids import SituationId
from storage.honours.notices import SituationAsked, SituationReminder
from storage.honours.situation_table import SituationSurvey
from storage.honours.situations import Answer, SituationOption, SituationQuestion, SurveyClosed
from storage.honours.table import Honoured
from storage.privacy import consents

PURPOSE, VERSION = "situation", 1


def _said_in(words: Words, talk: Talk) -> str:
    return in_language(words, talk.language)


def _asked_in(words: Words, talk: Talk, _draft: object) -> str:
    return in_language(words, talk.language)


def _choices(options: Sequence[SituationOption], talk: Talk) -> Sequence[Choice[str]]:
    return [Choice(one.key, in_language(one.words, talk.language), one.key) for one in options]


def _question(one: SituationQuestion) -> Question[str, Any]:
    return Question(
        title=partial(_said_in, one.title),
        ask=partial(_asked_in, one.words),
        input=ButtonInput(TEXT, partial(_choices, one.options)),
    )


_WORDS: Question[str, Any] = Question(
    N_("In your words"),
    N_("Is there anything that you would like us to know?"),
    ParagraphInput(2, 1_000),
    optional=True,
)


@cache
def _draft() -> Any:
    """The survey that is answered, a field for each of its questions, and words."""
    fields = [(one.key, str, asked(_question(one), default="")) for one in situations.questions()]
    return make_dataclass(
        "SituationDraft",
        [("survey", SituationId), *fields, ("words", str, asked(_WORDS, default="", preset=True))],
        frozen=True,
        kw_only=True,
    )


@cache
def _form() -> Form[Any]:
    return Form(
        "honours_situation",
        N_("How are you?"),
        questionnaire(_draft()),
        _answered,
        send_label=N_("📨 Send my answers"),
    )


def register_routes(routes: Routes) -> None:
    routes.press(presses.ANSWER_SITUATION, begin)
    routes.press(presses.ASK_TO_FORGET, ask_to_forget, writes=False, for_blocked=True)
    routes.press(presses.FORGET, forget, for_blocked=True)
    routes.form(_form())
    routes.notice_about(SituationAsked, asked_words, _open, reader=RECIPIENT)
    routes.notice_about(SituationReminder, asked_words, _open, reader=RECIPIENT)


async def _open(
    session: AsyncSession, notice: SituationAsked | SituationReminder, now: datetime
) -> SituationSurvey | None:
    survey = await situations.current(session, now)
    return survey if survey is not None and survey.id == notice.subject else None


def consent(view: View) -> str:
    """What somebody agrees to whoever answers; a changed sentence is a new VERSION."""
    return view._(
        "Your answers are kept encrypted with your entry in the register, so that {organisation} can help you. Only "
        "those who keep the register read them; they are erased after two years, or whenever you ask: /privacy. By "
        "pressing the button you agree to this. You don't have to answer."
    ).format(organisation=view.context.settings.organisation.name)


def asked_words(view: View, notice: SituationAsked | SituationReminder, survey: SituationSurvey) -> Page:
    said = view._("Once a year we ask everyone in the register of honours how they are: {n} short questions.")
    until = view._("You can answer until {when}.").format(when=view.end(survey.closes_at))
    lines = [said.format(n=len(situations.questions()) + 1), until, "", consent(view)]
    button = presses.ANSWER_SITUATION.button(view._("✅ I agree, let's start"), notice.subject)
    return Markup("📋 {}").format(Markup("\n").join(map(Markup.escape, lines))), [[button]]


async def begin(talk: Talk, survey_id: SituationId) -> None:
    """Agreeing is the press; what one agrees to stands above the button, and once more above the first question."""
    survey = await situations.current(talk.session, talk.now)
    mine = await register.of_person(talk.session, talk.person.id)
    if survey is None or survey.id != survey_id or not mine:
        raise SurveyClosed
    await consents.give(talk.session, talk.person.id, PURPOSE, VERSION, talk.now)
    talk.say(Markup.escape(consent(talk.view)))
    await forms.begin(talk, _form(), _draft()(survey=survey_id))


async def _answered(talk: Talk, draft: Any) -> None:
    await consents.require(talk.session, talk.person.id, PURPOSE, VERSION)
    chosen = {one.key: str(getattr(draft, one.key)) for one in situations.questions()}
    given = Answer(chosen, draft.words)
    await situations.answer(talk.session, draft.survey, talk.person.id, given, talk.now)
    talk.say(
        talk._("Thank you. If you need help, someone will get in touch."), [[presses.PAGE.button(talk._("🏅 Honours"))]]
    )


async def privacy_buttons(talk: Talk) -> Sequence[Button]:
    """For whoever has answered, the way to take it back."""
    if await consents.version_of(talk.session, talk.person.id, PURPOSE) is None:
        return []
    return [presses.ASK_TO_FORGET.button(talk._("↩ Take back my survey answers"))]


async def ask_to_forget(talk: Talk) -> None:
    asks = talk._("Take back your consent, and delete all that you answered about your situation?")
    go = presses.FORGET.button(talk._("🗑 Delete my answers"))
    ask_first(talk, asks, go, presses.PAGE.button(talk._("◀ Back")))


async def forget(talk: Talk) -> None:
    await situations.forget_answers(talk.session, talk.person.id)
    await consents.withdraw(talk.session, talk.person.id, PURPOSE, talk.now)
    talk.edit(talk._("Your answers are deleted."), [[presses.PAGE.button(talk._("🏅 Honours"))]])


async def answer_lines(talk: Talk, row: Honoured) -> list[Markup]:
    """What was answered last, for those who keep the register."""
    survey = await situations.last(talk.session)
    theirs = [row] if row.person_id is None else await register.of_person(talk.session, row.person_id)
    ids = [one.id for one in theirs]
    given = None if survey is None else await situations.answer_of(talk.session, survey.id, ids)
    if survey is None or given is None:
        return []
    lines = [Markup(""), Markup("<b>{}</b>").format(talk._("Their situation, {year}").format(year=survey.year))]
    for question in situations.questions():
        chosen = next((one.words for one in question.options if one.key == given.chosen.get(question.key)), None)
        if chosen is not None:
            title = in_language(question.title, talk.language)
            lines.append(labelled(talk._, title, in_language(chosen, talk.language)))
    return [*lines, Markup("<blockquote>{}</blockquote>").format(given.words)] if given.words else lines
