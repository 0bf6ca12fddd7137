"""The forms of a survey: its title and closing time, and a question with its answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pydantic import TypeAdapter

from handlers.campaigns.surveys.words import KINDS, fault_words, options
from handlers.chat.talk import Talk
from handlers.forms.questionnaires import Form, questionnaire
from handlers.forms.questions import Input, NotAnAnswer, Question, asked
from handlers.i18n.translations import N_, language_name, other_language
from handlers.inputs.choice import ChoiceInput
from handlers.inputs.moment import MomentInput
from handlers.inputs.text import LinesInput, TextInput
from storage.campaigns.ids import CampaignId, QuestionId, SurveyId
from storage.campaigns.surveys import wording as wordings
from storage.campaigns.surveys.surveys import Plan
from storage.campaigns.surveys.wording import (
    LONGEST_OPTION,
    LONGEST_TEXT,
    MOST_OPTIONS,
    BadQuestion,
    Fault,
    Kind,
    Wording,
)
from storage.people.access import Right
from storage.plain_text import clean_code

_CLOSES = MomentInput(timedelta(days=200), N_("The time must be in the future, within 200 days."))
NEW_SURVEY, NEW_QUESTION = SurveyId(0), QuestionId(0)


def _other_name(talk: Talk) -> str:
    return language_name(other_language(talk.context.settings.organisation.language), talk.language)


def _ask_other_title(talk: Talk, _draft: object) -> str:
    return talk._("What is it called in {language}?").format(language=_other_name(talk))


def _ask_other(talk: Talk, draft: QuestionDraft) -> str:
    asks = talk._("Write the question in {language}.")
    if draft.kind in (Kind.ONE, Kind.SEVERAL):
        asks = talk._(
            "Write it in {language}: the question on the first line, then each answer on a line of its own, in the "
            "same order."
        )
    return asks.format(language=_other_name(talk))


class BordersInput(Input[tuple[int, ...]]):
    """The highest number of each class; shown as the classes that they make."""

    adapter = TypeAdapter(tuple[int, ...])

    async def read(self, talk: Talk) -> tuple[int, ...]:
        parts = clean_code(talk.text).replace(",", " ").replace("|", " ").replace("、", " ").split()
        if not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
            raise NotAnAnswer(fault_words(talk.view, Fault.BORDERS))
        borders = tuple(map(int, parts))
        _check(talk, Wording(Kind.NUMBER, "??", borders=borders))
        return borders

    def show(self, talk: Talk, value: tuple[int, ...]) -> str:
        return " / ".join(options(talk.view, Wording(Kind.NUMBER, "??", borders=value)))


def _check(talk: Talk, wording: Wording) -> None:
    """Raises NotAnAnswer: with what is wrong."""
    try:
        wordings.check(wording)
    except BadQuestion as bad:
        raise NotAnAnswer(fault_words(talk.view, bad.fault)) from None


async def _check_options(talk: Talk, draft: QuestionDraft, value: tuple[str, ...]) -> None:
    _check(talk, Wording(draft.kind, "??", options=value))


async def _check_other(talk: Talk, draft: QuestionDraft, value: tuple[str, ...]) -> None:
    _check(talk, wording_of(replace(draft, other=value)))


def _has_options(draft: QuestionDraft) -> bool:
    return draft.kind in (Kind.ONE, Kind.SEVERAL)


def _has_borders(draft: QuestionDraft) -> bool:
    return draft.kind is Kind.NUMBER


@dataclass(frozen=True, kw_only=True)
class SurveyDraft:
    """`survey` is NEW_SURVEY for one that is set up."""

    campaign: CampaignId
    survey: SurveyId = NEW_SURVEY
    title: str = asked(
        Question(N_("Title"), N_("What is the survey called? For example: Working hours in winter"), TextInput(2, 60))
    )
    closes_at: datetime = asked(
        Question(
            N_("Open until"),
            N_("Until when can riders answer? Write it like “next Saturday 8 pm”, or choose a day."),
            _CLOSES,
        )
    )
    other_title: str = asked(
        Question(N_("Other title"), _ask_other_title, TextInput(2, 60), optional=True),
        default="",
        preset=True,
    )


@dataclass(frozen=True, kw_only=True)
class QuestionDraft:
    """`question` is NEW_QUESTION for one that is added. `other`: the text in the other language, then its answers."""

    survey: SurveyId
    question: QuestionId = NEW_QUESTION
    kind: Kind = asked(Question(N_("Kind"), N_("How is it answered?"), ChoiceInput(KINDS)))
    text: str = asked(Question(N_("Question"), N_("Write the question as riders read it."), TextInput(2, LONGEST_TEXT)))
    options: tuple[str, ...] = asked(
        Question(
            N_("Answers"),
            N_("Which answers can be chosen? Each on a line of its own, 2 to 8."),
            LinesInput(MOST_OPTIONS, LONGEST_OPTION, N_("Please write 2 to 8 lines, each of at most 60 characters.")),
            when=_has_options,
            check=_check_options,
        ),
        default=(),
    )
    borders: tuple[int, ...] = asked(
        Question(
            N_("Ranges"),
            N_("Where does each range end? For example, 10 20 30 makes 0–10, 11–20, 21–30 and more than 30."),
            BordersInput(),
            when=_has_borders,
        ),
        default=(),
    )
    other: tuple[str, ...] = asked(
        Question(
            N_("Other language"),
            _ask_other,
            LinesInput(1 + MOST_OPTIONS, LONGEST_TEXT, N_("Please write the question on the first line.")),
            optional=True,
            check=_check_other,
        ),
        default=(),
        preset=True,
    )


def plan_of(draft: SurveyDraft) -> Plan:
    return Plan(draft.title, draft.closes_at, draft.other_title)


def wording_of(draft: QuestionDraft) -> Wording:
    """The question that the answers mean."""
    other_text, other_options = (draft.other[0], draft.other[1:]) if draft.other else ("", ())
    return Wording(draft.kind, draft.text, draft.options, draft.borders, other_text, other_options)


def draft_of(survey: SurveyId, question: QuestionId, wording: Wording) -> QuestionDraft:
    """The answers that mean this question."""
    other: Sequence[str] = [wording.other_text, *wording.other_options] if wording.other_text else []
    return QuestionDraft(
        survey=survey,
        question=question,
        kind=wording.kind,
        text=wording.text,
        options=wording.options,
        borders=wording.borders,
        other=tuple(other),
    )


def surveying(done: Callable[[Talk, SurveyDraft], Awaitable[None]]) -> Form[SurveyDraft]:
    return Form(
        name="survey",
        title=N_("Survey"),
        questionnaire=questionnaire(SurveyDraft),
        done=done,
        send_label=N_("💾 Save it"),
        right=Right.RUN_CAMPAIGNS,
    )


def questioning(done: Callable[[Talk, QuestionDraft], Awaitable[None]]) -> Form[QuestionDraft]:
    return Form(
        name="survey_question",
        title=N_("Question of a survey"),
        questionnaire=questionnaire(QuestionDraft),
        done=done,
        send_label=N_("💾 Save it"),
        right=Right.RUN_CAMPAIGNS,
    )
