"""Words that fit a command's subject: who writes "我想打篮球" is offered the activities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from storage import keywords
from storage.cases.desks import Words as ByLanguage


@dataclass(frozen=True, slots=True)
class Subject:
    """What a command is about. `label` stands on the button that offers it: to be translated, or by language. The
    `keywords`, by language and separated by commas, are looked for in all of them."""

    label: str | ByLanguage
    keywords: ByLanguage

    def matches(self, text: str) -> int:
        """The length of its keywords that stand in the text; 0 if none does."""
        return sum(map(len, keywords.standing_in(keywords.listed(self.keywords), text)))


def fitting(subjects: Mapping[str, Subject], text: str, limit: int) -> Sequence[str]:
    """The names of those that the text is about, the best first."""
    found = {name: subject.matches(text) for name, subject in subjects.items()}
    return sorted(filter(found.get, found), key=found.__getitem__, reverse=True)[:limit]
