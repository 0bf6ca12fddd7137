"""The audited actions of privacy."""

from __future__ import annotations

from storage.audit import AuditAction


class PrivacyAction(AuditAction):
    """What people do with their own data."""

    PERSON_ERASED = "person_erased"
