"""How much one person may ask for: beyond it, one polite word, then silence until it is calm again.

A bucket a person: `burst` at once, then so many a second. It counts by the time at which something was written, not at
which it came, so that what waited during an outage is all taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from cachetools import LRUCache

from handlers.chat.incoming import Incoming
from storage.telegram_ids import PersonId

MOST_KEPT = 100_000
SAID_AGAIN_AFTER = 60.0
SHARE_OF = 30
"""At the free limit of 30 messages a second, one person gets what they are given by the config; with more, more."""


class RateLimitResult(Enum):
    TAKEN = "taken"
    WARNED = "warned"
    DROPPED = "dropped"


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float
    said_at: float = -SAID_AGAIN_AFTER


class RateLimiter:
    """Of one process: where several take updates, each counts what it takes."""

    def __init__(self, per_minute: float, burst: int, messages_per_second: float) -> None:
        self._per_second = per_minute / 60 * max(1.0, messages_per_second / SHARE_OF)
        self._burst = float(burst)
        self._buckets: LRUCache[PersonId, _Bucket] = LRUCache(MOST_KEPT)
        self._told: LRUCache[PersonId, float] = LRUCache(MOST_KEPT)
        self._called: LRUCache[PersonId, float] = LRUCache(MOST_KEPT)

    def check(self, person_id: PersonId, at: float) -> RateLimitResult:
        """`at`: when it was written, in seconds since 1970."""
        bucket = self._buckets.get(person_id)
        if bucket is None:
            bucket = self._buckets[person_id] = _Bucket(self._burst, at)
        self._refill(bucket, at)
        if bucket.left >= 1:
            bucket.left -= 1
            return RateLimitResult.TAKEN
        if bucket.at - bucket.said_at < SAID_AGAIN_AFTER:
            return RateLimitResult.DROPPED
        bucket.said_at = bucket.at
        return RateLimitResult.WARNED

    def would_drop(self, person_id: PersonId, at: float) -> bool:
        """Whether `check` would drop it. Nothing has to be looked up to know: whoever has a bucket is not staff."""
        bucket = self._buckets.get(person_id)
        if bucket is None:
            return False
        self._refill(bucket, at)
        return bucket.left < 1 and bucket.at - bucket.said_at < SAID_AGAIN_AFTER

    def _refill(self, bucket: _Bucket, at: float) -> None:
        bucket.left = min(self._burst, bucket.left + max(0.0, at - bucket.at) * self._per_second)
        bucket.at = max(bucket.at, at)

    def may_tell_blocked(self, person_id: PersonId, at: float) -> bool:
        """Whether who is blocked hears so now: once a minute."""
        return _once_a_minute(self._told, person_id, at)

    def may_tell_whom_to_call(self, person_id: PersonId, at: float) -> bool:
        """Whether who is blocked, or wrote too much, hears whom to call in danger now: once a minute."""
        return _once_a_minute(self._called, person_id, at)


def _once_a_minute(told: LRUCache[PersonId, float], person_id: PersonId, at: float) -> bool:
    if at - told.get(person_id, -SAID_AGAIN_AFTER) < SAID_AGAIN_AFTER:
        return False
    told[person_id] = at
    return True


def written_at(incoming: Incoming, now: float) -> float:
    """When a message or edit was written; for a press, now."""
    said = incoming.body.get("edit_date") or incoming.body.get("date")
    return float(said) if isinstance(said, int) else now
