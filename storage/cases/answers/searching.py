"""Which pages are about what somebody wrote: by the similarity that demands are compared with (storage/similar.py), or
because one of their keywords stands in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from storage import keywords, similar
from storage.cases.answers.pages import AnswerPage

OFFERED = 3
ALIKE = 0.3
"""The cosine from which on a Chinese phrase is alike. It is higher than that of demands, since these phrases are short,
and whoever wrote of something else should not be offered a page."""
ALIKE_WITH_A_WORD, ALIKE_WITHOUT = 0.4, 0.6
"""Of Latin phrases, whose pairs of letters say less: with a word in common; without ("hello" and "help" have 0.49)."""
_STANDS_IN = 1.0
_SHORTEST = 3
"""Letters: a shorter word in common tells nothing."""


def best(pages: Sequence[AnswerPage], text: str, limit: int = OFFERED) -> list[AnswerPage]:
    """Those that the text is about, the most similar first."""
    owners = [(at, phrase) for at, page in enumerate(pages) for phrase in page.phrases]
    phrases = [phrase for _, phrase in owners]
    found: dict[int, float] = {}
    for place, score in _alike(text, phrases):
        at = owners[place][0]
        found[at] = max(found.get(at, 0.0), score)
    return [pages[at] for at in sorted(found, key=found.__getitem__, reverse=True)[:limit]]


def _alike(text: str, phrases: Sequence[str]) -> Iterator[tuple[int, float]]:
    """The places of the phrases that are like the text, and how like; the phrase itself is likest."""
    words = {word for word in keywords.latin_words(text) if len(word) >= _SHORTEST}
    standing = set(keywords.standing_in(phrases, text))
    for place, score in similar.most_similar(text, phrases, len(phrases), least=0.01):
        phrase = phrases[place]
        if phrase in standing:
            yield place, score + _STANDS_IN
        elif score >= _least(phrase, words):
            yield place, score


def _least(phrase: str, words: set[str]) -> float:
    if not phrase.isascii():
        return ALIKE
    return ALIKE_WITHOUT if words.isdisjoint(keywords.latin_words(phrase)) else ALIKE_WITH_A_WORD
