"""The audited actions of the result and of commitments."""

from __future__ import annotations

from storage.audit import AuditAction


class CommitmentAction(AuditAction):
    """What coordinators say officially."""

    RESULT_PUBLISHED = "campaign_result_published"
    RESULT_CORRECTED = "campaign_result_corrected"
    COMMITMENT_ADDED = "commitment_added"
    COMMITMENT_CHANGED = "commitment_changed"
    COMMITMENT_STATED = "commitment_stated"
    COMMITMENT_REMOVED = "commitment_removed"
