"""What people are told about a survey."""

from __future__ import annotations

from dataclasses import dataclass

from storage.campaigns.ids import SurveyId
from storage.deliveries.notices import SubjectNotice


@dataclass(frozen=True, slots=True)
class SurveyOpened(SubjectNotice[SurveyId]):
    """To everybody whom the campaign is for: there is something to answer."""

    kind = "survey_opened"


@dataclass(frozen=True, slots=True)
class SurveyEnded(SubjectNotice[SurveyId]):
    """To coordinators: the closing time has come, and the result can be seen."""

    kind = "survey_ended"


@dataclass(frozen=True, slots=True)
class SurveyPublished(SubjectNotice[SurveyId]):
    """To everybody whom the campaign is for: the result can be seen."""

    kind = "survey_published"
