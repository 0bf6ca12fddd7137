"""The audited actions of the draft agreement."""

from __future__ import annotations

from storage.audit import AuditAction


class AgreementAction(AuditAction):
    """What coordinators do to what everybody reads, or to what somebody said."""

    VERSION_PREPARED = "agreement_prepared"
    VERSION_PUBLISHED = "agreement_published"
    VERSION_DISCARDED = "agreement_discarded"
    CLAUSE_EXPLAINED = "clause_explained"
    CLAUSE_DEMANDS_CHANGED = "clause_demands_changed"
    COMMENT_SHOWN = "clause_comment_shown"
    COMMENT_REFUSED = "clause_comment_refused"
    COMMENT_SETTLED = "clause_comment_settled"
