"""The terms of a ballot: all that is fixed and said before the first vote; every envelope is bound to them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from storage.campaigns.ballots.thresholds import Condition, Rule
from storage.campaigns.ballots.trustee_keys import PublicKey

LEAST_OPTIONS, MOST_OPTIONS = 2, 9
MOST_LISTED = 4
"""Options up to which single votes are published: of more, a rare choice would give its voter away."""
LEAST_ENTITLED, LEAST_CAST = 20, 5
"""A box with fewer is not opened."""
_BINDING = b"nuanxin ballot 1\0"


def canonical(value: Any) -> bytes:
    """The one way in which a value is written as JSON."""
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


@dataclass(frozen=True, slots=True)
class Terms:
    campaign: str
    question: str
    options: tuple[str, ...]
    rule: Rule
    is_binding: bool
    key: PublicKey

    @property
    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "binding": self.is_binding,
            "campaign": self.campaign,
            "conditions": [one.plain for one in self.rule],
            "key": self.key.text,
            "options": list(self.options),
            "question": self.question,
        }

    @classmethod
    def read(cls, plain: dict[str, Any]) -> Terms:
        """Raises ValueError, KeyError or TypeError: they are none."""
        rule = tuple(Condition.read(one) for one in plain["conditions"])
        key = PublicKey.read(plain["key"])
        return cls(plain["campaign"], plain["question"], tuple(plain["options"]), rule, plain["binding"], key)

    @property
    def info(self) -> bytes:
        """What envelopes are bound to."""
        return _BINDING + self.digest

    @property
    def digest(self) -> bytes:
        """SHA-256 of the terms, which is announced."""
        return hashlib.sha256(canonical(self.plain)).digest()

    @property
    def lists_votes(self) -> bool:
        """Whether single votes are published."""
        return len(self.options) <= MOST_LISTED
