"""Words of acute danger, by language as data (danger_words.toml): whether somebody's message holds some.

A text is read as a row of tokens: each Chinese character is one, each run of other letters and digits is one. What
stands between them does not matter. So the cost grows with the length of the text, whatever is in it.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "danger_words.toml"
LANGUAGES = ("zh", "en")

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af"
_TOKEN = re.compile(f"[{_HAN}]|[^\\W_{_HAN}]+")
"""One character class, once or repeated: there is nothing to go back to."""
_DROPPED = dict.fromkeys(map(ord, "'`\u00b4\u2018\u2019\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))
"""Apostrophes ("don't", "dont"), and what has no width."""

Tokens = tuple[str, ...]


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads(_FILE.read_text("utf-8"))


@cache
def _folding() -> dict[int, str | None]:
    return {ord(pair[0]): pair[1] for pair in _data()["same"]}


def tokens(text: str) -> list[str]:
    """What counts of a text, in order."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_DROPPED)
    return _TOKEN.findall(plain.translate(_folding()))


class _Phrases:
    """Many phrases, found in one pass over a text: by the first two tokens few are left to be looked at."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._by_start: dict[Tokens, list[Tokens]] = defaultdict(list)
        for phrase in sorted(map(tokens, phrases), key=len, reverse=True):
            self._by_start[tuple(phrase[:2])].append(tuple(phrase))
        self._firsts = {start[0] for start in self._by_start if start}

    def end_at(self, found: Sequence[str], at: int) -> int:
        """Where the longest phrase ends that begins at this token; `at` if none does."""
        if found[at] not in self._firsts:
            return at
        for start in (tuple(found[at : at + 2]), (found[at],)):
            for phrase in self._by_start.get(start, ()):
                if tuple(found[at : at + len(phrase)]) == phrase:
                    return at + len(phrase)
        return at


class Dangers:
    """The words of the file, and those that the organisation has added."""

    def __init__(self, more: Sequence[str] = ()) -> None:
        lists = [_data()[language] for language in LANGUAGES]
        self._danger = _Phrases([*(phrase for one in lists for phrase in one["danger"]), *more])
        self._everyday = _Phrases(phrase for one in lists for phrase in one["everyday"])

    def ring(self, text: str) -> bool:
        """Whether there are words of danger that are no part of an everyday phrase."""
        found = tokens(text)
        ends = [self._danger.end_at(found, at) for at in range(len(found))]
        if all(end == at for at, end in enumerate(ends)):
            return False
        harmless_until = 0
        for at, end in enumerate(ends):
            harmless_until = max(harmless_until, self._everyday.end_at(found, at))
            if end > max(at, harmless_until):
                return True
        return False


@lru_cache(maxsize=8)
def dangers(more: tuple[str, ...] = ()) -> Dangers:
    """Built once for each list of additions."""
    return Dangers(more)
