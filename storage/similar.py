"""Which texts say the same: TF-IDF over pairs of characters, which needs no words and so works for Chinese.

Weights as scikit-learn's TfidfVectorizer has them (`analyzer="char"`, `ngram_range=(2, 2)`): tf * (ln((1 + n) / (1 +
df)) + 1), each text scaled to length 1. The texts are turned into numbers all at once, so that 5,000 take some
milliseconds and no index has to be kept.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

OFFERED = 3
LIKE_ENOUGH = 0.08
"""The cosine from which on somebody is asked whether two sentences mean the same. Of two short Chinese sentences that
mean the same, few pairs are the same; it is better to ask once too often."""
_CODE_POINT_BITS = 21
_END = "\n"
_SIGNS = re.compile(r"[^\w\n]+|_+")


class Similar(NamedTuple):
    """The place of a text among those that were compared, and the cosine: 1 for the same pairs of characters."""

    at: int
    score: float


def most_similar(text: str, others: Sequence[str], limit: int = OFFERED, least: float = LIKE_ENOUGH) -> list[Similar]:
    """Those of the other texts that are most like this one, the most similar first; none that is not like enough."""
    if not others:
        return []
    scores = cosines(text, others)
    found = np.argsort(-scores, kind="stable")[:limit]
    return [Similar(int(at), float(scores[at])) for at in found if scores[at] >= least]


def cosines(text: str, others: Sequence[str]) -> NDArray[np.float64]:
    """How like each of the other texts is to this one, 0 to 1; this one counts among the texts that weigh the pairs."""
    texts, pairs = _pairs_of([text, *others])
    count = len(others) + 1
    vocabulary, columns = np.unique(pairs, return_inverse=True)
    cells, frequencies = np.unique(texts * len(vocabulary) + columns, return_counts=True)
    rows, columns = np.divmod(cells, max(len(vocabulary), 1))
    documents = np.bincount(columns, minlength=len(vocabulary))
    weights = frequencies * (np.log((1 + count) / (1 + documents)) + 1)[columns]
    lengths = np.sqrt(np.bincount(rows, weights**2, minlength=count))
    asked = np.zeros(len(vocabulary))
    asked[columns[rows == 0]] = weights[rows == 0]
    products = np.bincount(rows, weights * asked[columns], minlength=count)
    scale = lengths * lengths[0]
    cosine: NDArray[np.float64] = np.divide(products, scale, out=np.zeros(count), where=scale > 0)
    return cosine[1:]


def plain(text: str) -> str:
    """Without what two people write differently: full-width signs, capitals, punctuation."""
    return _SIGNS.sub(" ", unicodedata.normalize("NFKC", text).casefold())


def _pairs_of(texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every pair of neighbouring characters as a number, and the place of the text that it stands in."""
    lines = "\n".join(line.strip() for line in plain(_END.join(texts)).split(_END)) + _END
    codes = np.frombuffer(lines.encode("utf-32-le"), dtype=np.uint32).astype(np.int64)
    ends = codes == ord(_END)
    text_of = np.cumsum(ends) - ends
    within = ~(ends[:-1] | ends[1:])
    pairs = (codes[:-1] << _CODE_POINT_BITS) | codes[1:]
    return text_of[:-1][within], pairs[within]
