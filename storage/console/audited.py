"""The audited actions of the console."""

from __future__ import annotations

from storage.audit import AuditAction


class ConsoleAction(AuditAction):
    """The ways into the console."""

    CONSOLE_OPENED = "console_opened"
    CONSOLE_CLOSED = "console_closed"
