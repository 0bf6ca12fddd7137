"""The audited actions of activities."""

from __future__ import annotations

from storage.audit import AuditAction


class ActivityAction(AuditAction):
    """What is done with the names of people who come."""

    ATTENDANCE_READ = "attendance_read"
