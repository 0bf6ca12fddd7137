"""Where in the published list a receipt stands: picked by its first letters, some of them on one button, so that always
many votes are shown and the bot is not told which one is meant."""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from storage.campaigns.ballots.publishing import Result
from storage.campaigns.ballots.receipts import ALPHABET, LENGTH

SHOWN_AT_ONCE = 40
_FEW = 5
"""Votes that are not shown by themselves, where there are others beside them; so up to so many more are shown."""
_PLACE = re.compile(rf"([{ALPHABET}]{{0,{LENGTH - 1}}})(?:([{ALPHABET}])(?:-([{ALPHABET}]))?)?")


class Place(NamedTuple):
    """The receipts that begin with `prefix` and go on with a letter from `first` to `last`; with any, where these are
    empty."""

    prefix: str = ""
    first: str = ""
    last: str = ""

    @classmethod
    def read(cls, text: str) -> Place | None:
        """From a button; None if it is none."""
        found = _PLACE.fullmatch(text)
        if found is None:
            return None
        prefix, first, last = found[1], found[2] or "", found[3] or ""
        if not first and prefix:
            prefix, first = prefix[:-1], prefix[-1]
        return cls(prefix, first, last or first)

    @property
    def text(self) -> str:
        """For a button's data."""
        return self.prefix + self.first + (f"-{self.last}" if self.last != self.first else "")

    @property
    def label(self) -> str:
        """ "4A – 4F"."""
        ends = dict.fromkeys((self.prefix + self.first, self.prefix + self.last))
        return " – ".join(ends)

    def votes_in(self, found: Result) -> list[str]:
        beginning, at = found.beginning_with(self.prefix), len(self.prefix)
        return [vote for vote in beginning if not self.first or self.first <= vote[at] <= self.last]

    def parts(self, found: Result) -> list[Place]:
        """The places below it, if it has more votes than are shown at once; else none. Those with few votes are joined
        with their neighbours."""
        votes = self.votes_in(found)
        if len(votes) <= SHOWN_AT_ONCE or self.first != self.last:
            return []
        prefix = self.prefix + self.first
        counts = Counter(vote[len(prefix)] for vote in votes)
        parts, size = list[Place](), 0
        for letter in sorted(counts):
            if parts and (size < _FEW or size + counts[letter] <= SHOWN_AT_ONCE):
                parts[-1], size = parts[-1]._replace(last=letter), size + counts[letter]
            else:
                parts.append(Place(prefix, letter, letter))
                size = counts[letter]
        if len(parts) > 1 and size < _FEW:
            last = parts.pop()
            parts[-1] = parts[-1]._replace(last=last.last)
        return parts if len(parts) > 1 or parts[0].first == parts[0].last else []

    def narrowed(self, found: Result, receipt: str) -> Place:
        """The smallest place that has this receipt."""
        for part in self.parts(found):
            if part.first <= receipt[len(part.prefix)] <= part.last:
                return part.narrowed(found, receipt)
        return self
