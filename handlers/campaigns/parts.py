"""What a part of campaigns (surveys, demands, the agreement, the ballot, commitments) brings to its pages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from handlers.chat.feature import AllFeatures, Duty, PersonalData, PrivacyPart, WatchedQueue
from handlers.chat.press import Buttons
from handlers.chat.reports import Block
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from storage.audit import AuditAction
from storage.campaigns.campaigns import Campaign, Phase
from storage.privacy.retention import Forget
from storage.refusals import Refused


@dataclass(frozen=True, slots=True)
class Section:
    """Lines (what is no Markup is escaped), and the buttons that belong to them."""

    lines: Sequence[str] = ()
    buttons: Buttons = ()


Show = Callable[[Talk, Campaign], Awaitable[Section]]

Tell = Callable[[Talk, Campaign], Awaitable[Sequence[Block]]]
"""Its section of a campaign's report; nothing where there is nothing to tell."""


@dataclass(frozen=True, slots=True)
class CampaignPart:
    """A part registers itself: its routes, its section on the riders' page and on the coordinators', and what the
    manifest of a feature says of it."""

    register: Callable[[Routes, AllFeatures], None]
    for_riders: Show | None = None
    for_coordinators: Show | None = None
    before_moving: Callable[[Talk, Campaign, Phase], Awaitable[Sequence[str]]] | None = None
    """What a coordinator should know before moving a campaign on to this phase."""
    duties: Callable[[Talk], Awaitable[Sequence[Duty]]] | None = None
    """See `Feature.duties`."""
    report: Tell | None = None
    refusals: Mapping[type[Refused], str] = field(default_factory=dict)
    audit_labels: Mapping[AuditAction, str] = field(default_factory=dict)
    audit_details: Mapping[AuditAction, Sequence[str]] = field(default_factory=dict)
    personal_data: Sequence[PersonalData] = ()
    privacy: PrivacyPart = field(default_factory=PrivacyPart)
    """What /privacy says of it: `lines` and `warnings`."""
    retention: Sequence[Forget] = ()
    queues: Sequence[WatchedQueue] = ()
