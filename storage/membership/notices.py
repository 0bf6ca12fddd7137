"""What applicants and reviewers are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from storage.deliveries.notices import Notice
from storage.membership.ids import ApplicationId, MemberNumber


@dataclass(frozen=True, slots=True)
class ApplicationApproved(Notice):
    """`number` is the new member's."""

    kind = "application_approved"

    number: MemberNumber


@dataclass(frozen=True, slots=True)
class ApplicationUndone(Notice):
    """The decision was taken back."""

    kind = "application_undone"

    receipt: str


@dataclass(frozen=True, slots=True)
class ApplicationRefused(Notice):
    """`reason` is a ready one ("@picture") or the reviewer's words."""

    kind = "application_refused"

    receipt: str
    reason: str


@dataclass(frozen=True, slots=True)
class ApplicationAsked(Notice):
    kind = "application_asked"
    former_keys: ClassVar[Mapping[str, str]] = {"id": "application_id"}

    application_id: ApplicationId
    question: str


@dataclass(frozen=True, slots=True)
class Answered:
    """An application with the answer to what its reader asked."""

    application_id: ApplicationId
    receipt: str


@dataclass(frozen=True, slots=True)
class ReviewsWait(Notice):
    """The one message that is kept up to date."""

    kind = "reviews_wait"
    is_silent_at_night = True

    count: int
    answered: tuple[Answered, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewsLate(Notice):
    kind = "reviews_late"

    count: int
    days: int
