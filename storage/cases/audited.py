"""The audited actions of cases."""

from __future__ import annotations

from storage.audit import AuditAction


class CaseAction(AuditAction):
    """What is done to a case."""

    CASE_READ = "case_read"
    CASE_CLAIMED = "case_claimed"
    CASE_ASSIGNED = "case_assigned"
    CASE_CLOSED = "case_closed"
    CASE_CONFLICT = "case_conflict"
    CASE_BUNDLE = "case_bundle"
    CASE_JOINED = "case_joined"
    CASE_SEPARATED = "case_separated"
    COLLECTIVE_WRITTEN = "collective_written"
    ANSWERED_WITH_OTHERS = "case_answered_alike"
    LEVEL_APPROVED = "case_level_approved"
    LEVEL_REFUSED = "case_level_refused"
