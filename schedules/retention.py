"""Forgets what has had its time: places, reports, unfinished forms, decided applications, marks, log files."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from schedules.context import ClockContext
from storage import deliveries, dialogues
from storage.activities import questions as activity_questions
from storage.activities import sign_ups
from storage.cases import drafts as case_drafts
from storage.cases import messages as case_messages
from storage.cases import queue as case_queue
from storage.coordination import run_once
from storage.membership import applications, memberships
from storage.operations import backups, errors, log_files
from storage.stations import reports, searches, stations
from storage.statistics import statistics
from storage.updates import strikes, updates

EVERY = timedelta(minutes=5)


async def run(session: AsyncSession, now: datetime, context: ClockContext) -> bool:
    kept = context.settings.retention
    await searches.forget(session, now, kept.places)
    await reports.forget(session, now, kept.reports)
    await applications.forget(session, now, kept.decided_applications)
    await statistics.archive(session, now, kept.sign_ups)
    await sign_ups.forget(session, now, kept.sign_ups)
    await memberships.forget(session, now, kept.former_members)
    for case_id in await case_queue.to_forget(session, now, kept.closed_cases):
        await case_messages.strip_case(session, case_id)
    for forget in (
        case_drafts.forget,
        dialogues.forget,
        updates.forget,
        deliveries.forget,
        run_once.forget,
        activity_questions.forget,
        stations.forget,
        errors.forget,
        backups.forget,
        strikes.forget,
    ):
        await forget(session, now)
    if context.log_file is not None:
        log_files.forget(context.log_file, now, kept.logs)
    return False
