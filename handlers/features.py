"""All features, registered in one place, in the order of the menu."""

from __future__ import annotations

from handlers import (
    activities,
    activity_admin,
    activity_questions,
    activity_sign_up,
    applications,
    attendance,
    broadcasts,
    calendars,
    check_ins,
    digests,
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
    start,
    station_page,
    stations,
)
from handlers.routes import Routes


def routes() -> Routes:
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
    roles.register(table)
    set_aside.register(table)
    return table
