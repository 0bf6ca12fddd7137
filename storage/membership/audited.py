"""The audited actions of membership."""

from __future__ import annotations

from storage.audit import AuditAction


class MembershipAction(AuditAction):
    """What is done to an application or a membership."""

    APPLICATION_READ = "application_read"
    APPLICATION_APPROVED = "application_approved"
    APPLICATION_REFUSED = "application_refused"
    APPLICATION_ASKED = "application_asked"
    APPLICATION_UNDONE = "application_undone"
    CARD_CHECKED = "card_checked"
