"""The audited actions of broadcasts."""

from __future__ import annotations

from storage.audit import AuditAction


class BroadcastAction(AuditAction):
    """What is done to everybody by a broadcast, and looking at how many an audience has."""

    URGENT_BROADCAST = "urgent_broadcast"
    BROADCAST_CORRECTED = "broadcast_corrected"
    AUDIENCE_COUNTED = "audience_counted"
