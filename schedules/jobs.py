"""All kinds of work that the clock does. A new one is one line here."""

from __future__ import annotations

from collections.abc import Sequence

from schedules import (
    activities,
    application_alerts,
    audit_head,
    broadcasts,
    case_doubts,
    cases,
    expired_blocks,
    expired_roles,
    place_offers,
    reminders,
    retention,
    search_statistics,
)
from schedules.application_alerts import ReviewAlerts
from schedules.case_doubts import CaseDoubts
from schedules.job import Job


def jobs() -> Sequence[Job]:
    """Made for each scheduler: review alerts remember what they saw last, case doubts how far they have looked."""
    return (
        retention.JOB,
        broadcasts.JOB,
        Job("reviews", application_alerts.EVERY, ReviewAlerts().run, tables=application_alerts.TABLES),
        expired_roles.JOB,
        expired_blocks.JOB,
        search_statistics.JOB,
        cases.JOB,
        Job("case_doubts", case_doubts.EVERY, CaseDoubts().run),
        activities.JOB,
        place_offers.JOB,
        reminders.JOB,
        audit_head.JOB,
    )
