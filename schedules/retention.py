"""Forgets what has had its time: places, reports, unfinished forms, decided applications, marks, log files."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from schedules.settings import Settings
from storage import (
    activity_questions,
    applications,
    backups,
    case_drafts,
    case_queue,
    case_talk,
    deliveries,
    dialogues,
    errors,
    log_files,
    memberships,
    occasions,
    reports,
    searches,
    sign_ups,
    stations,
    statistics,
    strikes,
    updates,
)

EVERY = timedelta(minutes=5)


async def run(session: AsyncSession, now: datetime, settings: Settings) -> bool:
    kept = settings.retention
    await searches.forget(session, now, kept.places)
    await reports.forget(session, now, kept.reports)
    await applications.forget(session, now, kept.decided_applications)
    await statistics.archive(session, now, kept.sign_ups)
    await sign_ups.forget(session, now, kept.sign_ups)
    await memberships.forget(session, now, kept.former_members)
    for case_id in await case_queue.to_forget(session, now, kept.closed_cases):
        await case_talk.strip_case(session, case_id)
    for forget in (
        case_drafts.forget, dialogues.forget, updates.forget, deliveries.forget, occasions.forget,
        activity_questions.forget, stations.forget, errors.forget, backups.forget,
        strikes.forget,
    ):  # fmt: skip
        await forget(session, now)
    if settings.log_file is not None:
        log_files.forget(settings.log_file, now, kept.logs)
    return False
