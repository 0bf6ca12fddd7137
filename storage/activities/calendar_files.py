"""Activities as an iCalendar (RFC 5545): one, or all of a person, with alarms, updates and cancellations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # it is imported when somebody wants a calendar, not at the start
    from icalendar import Alarm, Event

from storage.activities.activities import Activity, ActivityState

PRODUCT = "-//Nuanxin//activities//ZH"
DOMAIN = "nuanxin"


def calendar(rows: Sequence[Activity], name: str, leads: Sequence[timedelta], link: str) -> bytes:
    """The file. `link` + "act_<id>" opens an activity in the chat; `leads` are the alarms of those that have none."""
    from icalendar import Calendar

    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", name)
    made.add("refresh-interval;value=duration", "PT1H")
    for row in rows:
        made.add_component(_event(row, leads, link))
    return bytes(made.to_ical())


def _event(row: Activity, leads: Sequence[timedelta], link: str) -> Event:
    """The same UID always; SEQUENCE grows with each change, and STATUS tells a cancellation."""
    from icalendar import Event

    event = Event()
    event.add("uid", f"activity-{row.id}@{DOMAIN}")
    event.add("dtstamp", row.changed_at)
    event.add("last-modified", row.changed_at)
    event.add("dtstart", row.starts_at)
    event.add("dtend", row.ends_at)
    event.add("summary", row.title)
    event.add("sequence", row.sequence)
    event.add("status", "CANCELLED" if row.state == ActivityState.CANCELLED else "CONFIRMED")
    if row.about:
        event.add("description", row.about)
    if row.place:
        event.add("location", row.place)
    if row.latitude is not None and row.longitude is not None:
        event.add("geo", (row.latitude, row.longitude))
    event.add("url", f"{link}act_{row.id}")
    if row.state != ActivityState.CANCELLED:
        for lead in row.leads if row.leads is not None else leads:
            event.add_component(_alarm(row.title, lead))
    return event


def _alarm(title: str, lead: timedelta) -> Alarm:
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", -lead)
    return alarm


def changed_at(rows: Sequence[Activity]) -> datetime | None:
    """Returns when the last of these activities changed; None if there are none."""
    return max((row.changed_at for row in rows), default=None)
