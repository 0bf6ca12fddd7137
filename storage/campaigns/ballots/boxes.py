"""The box of a ballot as a file, and the result that trustees make of it. Nothing here needs a database."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from storage.campaigns.ballots import envelopes, thresholds, trustee_keys
from storage.campaigns.ballots.envelopes import Vote
from storage.campaigns.ballots.terms import LEAST_CAST, LEAST_ENTITLED, Terms, canonical
from storage.campaigns.ballots.thresholds import Count
from storage.campaigns.ballots.trustee_keys import Share
from storage.campaigns.ballots.verify import FORMAT as RESULT_FORMAT

FORMAT = "nuanxin-ballot-box-1"


class BadBox(ValueError):
    """No box, or one that was changed; the text says in what."""


class TooFew(Exception):
    """Too few people for a result that tells of none of them."""


@dataclass(frozen=True, slots=True)
class Box:
    """What was closed. `envelopes` are sorted by their SHA-256, so that their order says nothing."""

    terms: Terms
    roll_size: int
    roll_hash: str
    envelopes: Sequence[bytes]

    @property
    def hash(self) -> str:
        return hash_of(self.envelopes)

    @property
    def content(self) -> bytes:
        """The file."""
        return with_checksum(
            {
                "box": {"count": len(self.envelopes), "sha256": self.hash},
                "envelopes": [base64.b64encode(one).decode() for one in self.envelopes],
                "format": FORMAT,
                "roll": {"sha256": self.roll_hash, "size": self.roll_size},
                "terms": self.terms.plain,
            }
        )

    @classmethod
    def read(cls, content: bytes) -> Box:
        """Raises BadBox: see the class."""
        try:
            plain = json.loads(content)
            found = [base64.b64decode(one, validate=True) for one in plain["envelopes"]]
            box = cls(Terms.read(plain["terms"]), int(plain["roll"]["size"]), str(plain["roll"]["sha256"]), found)
            is_as_written = box.content == content
        except (ValueError, KeyError, TypeError, RecursionError, binascii.Error):
            raise BadBox("this is no box of a ballot") from None
        if not is_as_written or list(box.envelopes) != in_order(set(box.envelopes)):
            raise BadBox("something in the box was changed")
        return box


def with_checksum(plain: dict[str, Any]) -> bytes:
    """The canonical bytes of a box or a result, with the SHA-256 of the rest in them."""
    return canonical({**plain, "sha256": hashlib.sha256(canonical(plain)).hexdigest()})


def in_order(found: Iterable[bytes]) -> list[bytes]:
    """Sorted by SHA-256."""
    return sorted(found, key=lambda one: hashlib.sha256(one).digest())


def hash_of(found: Sequence[bytes]) -> str:
    """SHA-256 of all envelopes, in their order, as hexadecimal digits."""
    return hashlib.sha256(b"".join(found)).hexdigest()


def open_box(box: Box, shares: Sequence[Share]) -> bytes:
    """The result file. The private half of the key is gone when this returns.

    Raises:
        BadShare: these shares do not open it.
        TooFew: see the class.
    """
    if box.roll_size < LEAST_ENTITLED or len(box.envelopes) < LEAST_CAST:
        raise TooFew
    private, info = trustee_keys.private_half(box.terms.key, shares), box.terms.info
    votes = [envelopes.opened(private, info, one, len(box.terms.options)) for one in box.envelopes]
    return _result(box, [one for one in votes if one is not None], len({one.number for one in shares}))


def _result(box: Box, votes: Sequence[Vote], shares: int) -> bytes:
    terms, cast = box.terms, len(box.envelopes)
    counts = [sum(vote.choice == at for vote in votes) for at in range(len(terms.options))]
    met = [one.is_met(Count(box.roll_size, cast, counts[0])) for one in terms.rule]
    listed = sorted(f"{vote.receipt} {vote.choice + 1}" for vote in votes) if terms.lists_votes else None
    return with_checksum(
        {
            "box": {"count": cast, "sha256": box.hash},
            "carried": thresholds.carries(terms.rule, Count(box.roll_size, cast, counts[0])),
            "counts": counts,
            "format": RESULT_FORMAT,
            "invalid": cast - len(votes),
            "met": met,
            "opened": {"shares": shares, "threshold": terms.key.threshold, "trustees": terms.key.trustees},
            "roll": {"sha256": box.roll_hash, "size": box.roll_size},
            "terms": terms.plain,
            "votes": listed,
        }
    )
