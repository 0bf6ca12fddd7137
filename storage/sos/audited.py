"""The audited actions around calls for help. Nothing says where, or in which words."""

from __future__ import annotations

from storage.audit import AuditAction


class HelpAction(AuditAction):
    HELP_CALLED = "help_called"
    HELP_TAKEN = "help_taken"
    HELP_ARRIVED = "help_arrived"
    HELP_GIVEN_BACK = "help_given_back"
    HELP_UNANSWERED = "help_unanswered"
    HELP_ENDED = "help_ended"
    HELP_PLACE_SEEN = "help_place_seen"
    HELP_SENT_AWAY = "help_sent_away"
    HELP_WENT_BACK = "help_went_back"
