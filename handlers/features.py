"""All features, registered in one place, in the order of the menu."""

from __future__ import annotations

from handlers import overview, start
from handlers.activities import admin as activity_admin
from handlers.activities import (
    attendance,
    calendars,
    check_ins,
    ratings,
    reminders,
    rounds,
    series,
    sign_ups,
    weekly_digest,
)
from handlers.activities import lists as activity_lists
from handlers.activities import questions as activity_questions
from handlers.admin import audit as admin_audit
from handlers.admin import blocks, error_notices, exports, failed_deliveries, failed_updates, roles, settings, system
from handlers.admin import ready_answers as admin_ready_answers
from handlers.broadcasts import compose as broadcast_compose
from handlers.cases import admin as case_admin
from handlers.cases import conversation as case_conversation
from handlers.cases import crisis, evidence_bundle, internal_notes
from handlers.cases import desk as case_desk
from handlers.cases import mine as case_mine
from handlers.cases import notices as case_notices
from handlers.cases import ready_answers as case_ready_answers
from handlers.cases import relay as case_relay
from handlers.cases import statistics as case_statistics
from handlers.chat.routes import Routes
from handlers.membership import applications, memberships, reviews
from handlers.privacy import privacy
from handlers.stations import admin as station_admin
from handlers.stations import import_file
from handlers.stations import page as station_page
from handlers.stations import search as station_search
from handlers.statistics import csv_export
from handlers.statistics import overview as statistics_overview
from handlers.statistics import views as statistics_views
from storage.cases.desks import Desks


def routes(desks: Desks) -> Routes:
    """The whole table, with a command and a form for each desk."""
    table = Routes()
    station_search.register(table)
    station_page.register(table)
    activity_lists.register(table)
    sign_ups.register(table)
    reminders.register(table)
    activity_questions.register(table)
    ratings.register(table)
    calendars.register(table)
    weekly_digest.register(table)
    applications.register(table)
    memberships.register(table)
    case_mine.register(table, desks)
    start.register(table)
    overview.register(table)
    privacy.register(table)
    broadcast_compose.register(table)
    activity_admin.register(table)
    attendance.register(table)
    check_ins.register(table)
    rounds.register(table)
    series.register(table)
    reviews.register(table)
    for one in (
        case_desk,
        case_conversation,
        case_relay,
        internal_notes,
        case_ready_answers,
        case_admin,
        evidence_bundle,
        case_statistics,
        case_notices,
        crisis,
    ):
        one.register(table)
    roles.register(table)
    for another in (
        statistics_overview,
        statistics_views,
        csv_export,
        station_admin,
        import_file,
        exports,
        blocks,
        admin_audit,
        system,
        settings,
        admin_ready_answers,
    ):
        another.register(table)
    failed_deliveries.register(table)
    failed_updates.register(table)
    error_notices.register(table)
    return table
