"""What has changed between two versions of a clause: by characters where they are Chinese, by words elsewhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from enum import Enum
from typing import NamedTuple

from storage.campaigns.agreements.splitting import LONGEST_CLAUSE

_TOKEN = re.compile(r"[A-Za-z\u00c0-\u024f]+(?:['’][A-Za-z]+)*|\d+(?:[.,:]\d+)*|\s+|.", re.DOTALL)
_LEAST_KEPT = 2
"""Tokens between two changes that are alike by chance, mostly a blank or one character, are part of the change."""
_SENTENCE = re.compile(r"[^。；;.!?！？\n]*[。；;.!?！？\n]|[^。；;.!?！？\n]+")
MOST_PAIRS = 60_000
"""1,500 characters of ordinary Chinese have 20,000."""
LONG = 80
"""Characters of a stretch without change beyond which its middle is left out."""
_AROUND = 30


class Kind(Enum):
    SAME = "same"
    GONE = "gone"
    NEW = "new"
    LEFT_OUT = "left out"


class Piece(NamedTuple):
    kind: Kind
    text: str


def difference(old: str, new: str) -> list[Piece]:
    """The pieces of both texts in their order: what is the same, what is gone, what is new. It takes some milliseconds.

    Texts that repeat the same few words so often that this would take seconds are compared by sentences, and if these
    repeat themselves too, as a whole.
    """
    texts = [text[: 2 * LONGEST_CLAUSE] for text in (old, new)]
    for pattern in (_TOKEN, _SENTENCE):
        before, after = (pattern.findall(text) for text in texts)
        if _pairs(before, after) <= MOST_PAIRS:
            return list(_merged(_changes(before, after)))
    return list(_changed(*texts))


def _pairs(before: Sequence[str], after: Sequence[str]) -> int:
    """How many places of one text are the same as a place of the other: what comparing them costs."""
    counts, others = Counter(before), Counter(after)
    return sum(count * others[token] for token, count in counts.items())


def shortened(pieces: Sequence[Piece]) -> list[Piece]:
    """The same with the middle of long stretches left out that have not changed."""
    found = list[Piece]()
    for at, piece in enumerate(pieces):
        if piece.kind is not Kind.SAME or len(piece.text) <= LONG:
            found.append(piece)
            continue
        if at > 0:
            found.append(Piece(Kind.SAME, _beginning(piece.text)))
        found.append(Piece(Kind.LEFT_OUT, ""))
        if at < len(pieces) - 1:
            found.append(Piece(Kind.SAME, _end(piece.text)))
    return found


def _beginning(text: str) -> str:
    """Up to a word's end, where there is one."""
    cut = text[:_AROUND]
    return cut.rpartition(" ")[0] + " " if cut.isascii() and " " in cut else cut


def _end(text: str) -> str:
    cut = text[-_AROUND:]
    return " " + cut.partition(" ")[2] if cut.isascii() and " " in cut else cut


def _changes(before: Sequence[str], after: Sequence[str]) -> Iterator[Piece]:
    opcodes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for at, (kind, i, j, k, m) in enumerate(opcodes):
        inside = 0 < at < len(opcodes) - 1
        if kind == "equal" and not (inside and _is_by_chance(before[i:j])):
            yield Piece(Kind.SAME, "".join(before[i:j]))
        else:
            yield Piece(Kind.GONE, "".join(before[i:j]))
            yield Piece(Kind.NEW, "".join(after[k:m]))


def _is_by_chance(tokens: Sequence[str]) -> bool:
    words = [token for token in tokens if not token.isspace()]
    return len(words) < _LEAST_KEPT and len("".join(words)) < 3


def _merged(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Of neighbouring changes one that is gone and one that is new."""
    gone = new = ""
    for kind, text in pieces:
        if kind is not Kind.SAME:
            gone, new = (gone + text, new) if kind is Kind.GONE else (gone, new + text)
            continue
        yield from _changed(gone, new)
        gone = new = ""
        yield Piece(Kind.SAME, text)
    yield from _changed(gone, new)


def _changed(gone: str, new: str) -> Iterator[Piece]:
    if gone:
        yield Piece(Kind.GONE, gone)
    if new:
        yield Piece(Kind.NEW, new)
