"""The audited actions of broadcasts."""

from __future__ import annotations

from storage.audit import AuditAction


class BroadcastAction(AuditAction):
    """What is done to everybody by a broadcast."""

    URGENT_BROADCAST = "urgent_broadcast"
