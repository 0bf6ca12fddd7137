"""The audited actions of the register of honours."""

from __future__ import annotations

from storage.audit import AuditAction


class HonourAction(AuditAction):
    """What is read or done in the register."""

    HONOURS_LISTED = "honours_listed"
    HONOURED_READ = "honoured_read"
    HONOURED_ADDED = "honoured_added"
    HONOURED_CHANGED = "honoured_changed"
    HONOURED_REMOVED = "honoured_removed"
    HONOURS_IMPORTED = "honours_imported"
    HONOURED_LINK_MADE = "honoured_link_made"
    SITUATION_OPENED = "situation_opened"
    SITUATION_CLOSED = "situation_closed"
    TRIP_OPENED = "trip_opened"
    TRIP_STOPPED = "trip_stopped"
