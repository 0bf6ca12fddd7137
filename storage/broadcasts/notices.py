"""What coordinators are told about broadcasts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from storage.broadcasts.ids import BroadcastId
from storage.deliveries.notices import Notice


@dataclass(frozen=True, slots=True)
class BroadcastWaits(Notice):
    """A broadcast to `count` people waits for a second coordinator."""

    kind = "broadcast_waits"
    former_keys: ClassVar[Mapping[str, str]] = {"id": "broadcast_id"}

    broadcast_id: BroadcastId
    count: int


@dataclass(frozen=True, slots=True)
class CorrectionWaits(Notice):
    """A correction of a broadcast to `count` people waits for a second coordinator."""

    kind = "correction_waits"

    broadcast_id: BroadcastId
    count: int


@dataclass(frozen=True, slots=True)
class BroadcastDoubted(Notice):
    """To the admins: something other than the bot has changed a broadcast, which is not sent."""

    kind = "broadcast_doubted"

    broadcast_id: BroadcastId
