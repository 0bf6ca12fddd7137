"""What people are told about demands.

What only its author is told is sealed with the delivery, and not tied to the demand by a column: the deliveries would
say for a month who brought what.
"""

from __future__ import annotations

from dataclasses import dataclass

from storage.campaigns.demands.table import Reason
from storage.campaigns.ids import CampaignId, DemandChangeId, DemandId
from storage.deliveries.notices import Notice, SubjectNotice


@dataclass(frozen=True, slots=True)
class DemandShown(Notice):
    """To its author: everybody reads it now. `text` may be what a coordinator wrote down."""

    kind = "demand_shown"
    is_silent_at_night = True

    demand: DemandId
    text: str


@dataclass(frozen=True, slots=True)
class DemandRefused(Notice):
    """To its author. `text` is empty for a voice message."""

    kind = "demand_refused"
    is_silent_at_night = True

    campaign: CampaignId
    text: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class BetterWordingAsked(Notice):
    """To its author: a coordinator asks something, and the demand waits for a better wording."""

    kind = "demand_wording"
    is_silent_at_night = True

    demand: DemandId
    text: str
    question: str


@dataclass(frozen=True, slots=True)
class DemandsTooLate(SubjectNotice[CampaignId]):
    """To the authors of what nobody had decided about when ranking ended."""

    kind = "demands_too_late"


@dataclass(frozen=True, slots=True)
class DemandChanged(SubjectNotice[DemandChangeId]):
    """To everyone who asked to hear: what became of a demand. What it says is read when it is sent."""

    kind = "demand_changed"


TO_AUTHORS = (DemandShown.kind, DemandRefused.kind, BetterWordingAsked.kind)
