"""What admins are told about the program and its data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from storage.deliveries.notices import Notice
from storage.telegram_ids import PersonId


@dataclass(frozen=True, slots=True)
class PasswordOver(Notice):
    """In place of the message below which the password of an export could be copied."""

    kind = "export_password_over"


@dataclass(frozen=True, slots=True)
class DataExported(Notice):
    """Another admin exported people's data: `what` of them, how many `rows`, and why."""

    kind = "exported"

    what: str
    who: PersonId
    rows: int
    reason: str


@dataclass(frozen=True, slots=True)
class ErrorReported(Notice):
    """An unexpected error, by its id in the log."""

    kind = "error"
    former_keys: ClassVar[Mapping[str, str]] = {"id": "error_id", "kind": "error"}

    error_id: str
    error: str
    place: str


@dataclass(frozen=True, slots=True)
class DeliveryFailed(Notice):
    """A notice of the kind `message` could not be sent."""

    kind = "set_aside"
    former_keys: ClassVar[Mapping[str, str]] = {"kind": "message"}

    message: str
    tries: int
    trouble: str


@dataclass(frozen=True, slots=True)
class UpdateSetAside(Notice):
    """An update ended the process twice: of which kind it was and for which handler, by its id in the log."""

    kind = "update_set_aside"
    former_keys: ClassVar[Mapping[str, str]] = {"id": "error_id", "kind": "update"}

    error_id: str
    update: str
    handler: str
    place: str


@dataclass(frozen=True, slots=True)
class AuditLogEnds(Notice):
    """How many entries the audit log has, and the beginning of the hash of the last."""

    kind = "audit_head"

    rows: int
    hash: str


@dataclass(frozen=True, slots=True)
class BackupFailed(Notice):
    kind = "backup_failed"

    host: str
    trouble: str


@dataclass(frozen=True, slots=True)
class BackupMade(Notice):
    kind = "backup_made"

    file: str
    host: str


@dataclass(frozen=True, slots=True)
class ClockJumped(Notice):
    """The clock of a process's machine was set by so many seconds; a negative number is back."""

    kind = "clock_jumped"

    process: str
    seconds: int


@dataclass(frozen=True, slots=True)
class ClockDiffers(Notice):
    """The clock of a process's machine is so many seconds ahead of the database's."""

    kind = "clock_differs"

    process: str
    seconds: int


@dataclass(frozen=True, slots=True)
class UpdatesTaken(Notice):
    """Another program with this bot's token asks Telegram for its updates."""

    kind = "updates_taken"


@dataclass(frozen=True, slots=True)
class WebhookChanged(Notice):
    """Somebody with this bot's token changed where Telegram sends its updates; it was put right."""

    kind = "webhook_changed"


@dataclass(frozen=True, slots=True)
class BackupTried(Notice):
    """This month's drill: the backup was restored into a scratch place, and was whole."""

    kind = "backup_tried"

    file: str


@dataclass(frozen=True, slots=True)
class BackupNotRestorable(Notice):
    """This month's drill failed."""

    kind = "backup_not_restorable"

    file: str
    trouble: str
