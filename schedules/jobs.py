"""All kinds of work that the clock does. A new one is one line here."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from schedules import (
    activities,
    announcements,
    application_alerts,
    audit_head,
    ballots,
    broadcasts,
    campaigns,
    case_doubts,
    cases,
    commitments,
    contests,
    draws,
    expired_blocks,
    expired_roles,
    heat,
    honours,
    pay,
    place_offers,
    reminders,
    retention,
    search_statistics,
    sos,
    surveys,
)
from schedules.application_alerts import ReviewAlerts
from schedules.case_doubts import CaseDoubts
from schedules.job import Job


def jobs() -> Sequence[Job]:
    """Made for each scheduler: review alerts remember what they saw last, case doubts how far they have looked."""
    return (
        retention.JOB,
        broadcasts.JOB,
        announcements.JOB,
        campaigns.JOB,
        surveys.JOB,
        commitments.JOB,
        ballots.JOB,
        contests.JOB,
        honours.JOB,
        Job("reviews", application_alerts.EVERY, ReviewAlerts().run, tables=application_alerts.TABLES),
        expired_roles.JOB,
        expired_blocks.JOB,
        search_statistics.JOB,
        cases.JOB,
        Job("case_doubts", case_doubts.EVERY, CaseDoubts().run),
        activities.JOB,
        place_offers.JOB,
        draws.JOB,
        reminders.JOB,
        pay.JOB,
        pay.POOL_JOB,
        heat.JOB,
        sos.JOB,
        audit_head.JOB,
    )


def switched_on(all_jobs: Sequence[Job], off: Collection[str]) -> Sequence[Job]:
    """Those that an organisation has that has switched some features off."""
    return [job for job in all_jobs if job.switch not in off]
