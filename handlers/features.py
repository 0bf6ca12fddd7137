"""All features, registered in one place, in the order of the menu."""

from __future__ import annotations

from handlers import (
    activities,
    activity_admin,
    activity_questions,
    activity_sign_up,
    applications,
    attendance,
    audit_log,
    blocks,
    broadcasts,
    calendars,
    case_answers,
    case_bundle,
    case_colleagues,
    case_copies,
    case_desk,
    case_notices,
    case_oversight,
    case_patterns,
    case_talk,
    cases,
    check_ins,
    crisis,
    digests,
    errors,
    exports,
    imports,
    memberships,
    my,
    privacy,
    ratings,
    reminders,
    reviews,
    roles,
    rounds,
    series,
    set_aside,
    settings,
    settings_answers,
    start,
    station_admin,
    station_page,
    stations,
    stats,
    stats_file,
    stats_views,
    system,
    update_set_aside,
)
from handlers.routes import Routes
from storage.desks import Desks


def routes(desks: Desks) -> Routes:
    """The whole table, with a command and a form for each desk."""
    table = Routes()
    stations.register(table)
    station_page.register(table)
    activities.register(table)
    activity_sign_up.register(table)
    reminders.register(table)
    activity_questions.register(table)
    ratings.register(table)
    calendars.register(table)
    digests.register(table)
    applications.register(table)
    memberships.register(table)
    cases.register(table, desks)
    start.register(table)
    my.register(table)
    privacy.register(table)
    broadcasts.register(table)
    activity_admin.register(table)
    attendance.register(table)
    check_ins.register(table)
    rounds.register(table)
    series.register(table)
    reviews.register(table)
    for one in (case_desk, case_talk, case_copies, case_colleagues, case_answers, case_oversight, case_bundle,
                case_patterns, case_notices, crisis):  # fmt: skip
        one.register(table)
    roles.register(table)
    for another in (
        stats,
        stats_views,
        stats_file,
        station_admin,
        imports,
        exports,
        blocks,
        audit_log,
        system,
        settings,
        settings_answers,
    ):
        another.register(table)
    set_aside.register(table)
    update_set_aside.register(table)
    errors.register(table)
    return table
