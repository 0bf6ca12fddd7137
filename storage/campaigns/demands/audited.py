"""The audited actions on demands."""

from __future__ import annotations

from storage.audit import AuditAction


class DemandAction(AuditAction):
    """What coordinators do to demands that riders bring."""

    DEMAND_SHOWN = "demand_shown"
    DEMAND_REFUSED = "demand_refused"
    DEMAND_QUESTIONED = "demand_questioned"
    DEMAND_WRITTEN_DOWN = "demand_written_down"
    DEMAND_ADDED = "demand_added"
    DEMAND_MERGED = "demand_merged"
    DEMAND_OUTCOME = "demand_outcome"
