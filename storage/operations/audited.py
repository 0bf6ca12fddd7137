"""The audited actions of operations."""

from __future__ import annotations

from storage.audit import AuditAction


class OperationAction(AuditAction):
    """What is done to the whole system, or with all data."""

    SETTING_CHANGED = "setting_changed"
    EXPORTED = "exported"
    AUDIT_READ = "audit_read"
