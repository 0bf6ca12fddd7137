"""The audited actions of surveys."""

from __future__ import annotations

from storage.audit import AuditAction


class SurveyAction(AuditAction):
    """What coordinators do to a survey, and the clock when it closes one."""

    SURVEY_CREATED = "survey_created"
    SURVEY_CHANGED = "survey_changed"
    SURVEY_OPENED = "survey_opened"
    SURVEY_CLOSED = "survey_closed"
    SURVEY_PUBLISHED = "survey_published"
    SURVEY_DELETED = "survey_deleted"
