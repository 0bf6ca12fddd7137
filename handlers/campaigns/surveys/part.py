"""Surveys as a part of campaigns."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.campaigns.parts import CampaignPart
from handlers.campaigns.surveys import answering, panel, results, voice
from handlers.campaigns.surveys.editing import Editing
from handlers.campaigns.surveys.results import ResultPages
from handlers.campaigns.surveys.running import Running
from handlers.chat.feature import AllFeatures, PersonalData, PrivacyPart
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.i18n.translations import N_
from storage.campaigns.surveys import roll
from storage.campaigns.surveys.answers import NotAnOption, NotOnRoll, SurveyClosed
from storage.campaigns.surveys.audited import SurveyAction
from storage.campaigns.surveys.parts import TooManyParts
from storage.campaigns.surveys.questions import NoSuchQuestion, TooManyQuestions
from storage.campaigns.surveys.running import ClosesTooSoon, NoQuestions, NotClosed, NotOpen, PublishedAlready
from storage.campaigns.surveys.surveys import CampaignNotRunning, NoSuchSurvey, OpenedAlready


def register(routes: Routes, others: AllFeatures) -> None:
    Editing(others.breakdowns).register(routes)
    Running(others.breakdowns).register(routes)
    ResultPages(others.breakdowns).register(routes)
    answering.register(routes)
    voice.register(routes)


async def _privacy_lines(talk: Talk) -> Sequence[str]:
    if not await roll.copy_of(talk.session, talk.person.id):
        return []
    return [talk._("which questions of an open survey you have answered, not what: /voice")]


_ABOUT = (N_("survey {id}: {title}"),)

PART = CampaignPart(
    register=register,
    for_riders=voice.section,
    for_coordinators=panel.section,
    report=results.report,
    refusals={
        NoSuchSurvey: N_("This survey isn't open to you. See what is: /voice"),
        OpenedAlready: N_("This survey has been opened and can't be changed any more."),
        CampaignNotRunning: N_("A survey needs a running campaign. Start one first: /campaign"),
        NoSuchQuestion: N_("This question is no longer there."),
        TooManyQuestions: N_("A survey has at most 9 questions."),
        TooManyParts: N_(
            "The result can't be broken down by that: there is nothing to go by, or there would be more than 60 groups."
        ),
        SurveyClosed: N_("This survey has closed. Thank you for wanting to answer."),
        NotOnRoll: N_("This survey is for those who were here when it opened."),
        NotAnOption: N_("There is no such answer to this question."),
        NoQuestions: N_("Add a question first."),
        ClosesTooSoon: N_("Its closing time has passed. Set a later one first."),
        NotOpen: N_("This survey is not open."),
        NotClosed: N_("Nobody sees the result before the survey is closed."),
        PublishedAlready: N_("Riders can already see this result."),
    },
    audit_labels={
        SurveyAction.SURVEY_CREATED: N_("survey created"),
        SurveyAction.SURVEY_CHANGED: N_("survey changed before it opened"),
        SurveyAction.SURVEY_OPENED: N_("survey opened"),
        SurveyAction.SURVEY_CLOSED: N_("survey closed"),
        SurveyAction.SURVEY_PUBLISHED: N_("result of a survey published"),
        SurveyAction.SURVEY_DELETED: N_("survey deleted before it opened"),
    },
    audit_details=dict.fromkeys(SurveyAction, _ABOUT),
    personal_data=(PersonalData("survey_roll", roll.erase, N_("Surveys"), roll.copy_of),),
    privacy=PrivacyPart(lines=_privacy_lines),
)
