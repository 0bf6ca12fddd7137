"""The pages, as data by country (CN.toml; XX.toml has those of every other) and in the organisation's config."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from storage import keywords
from storage.cases.desks import Desks, Option, Words, in_language

_FOLDER = Path(__file__).parent
ANYWHERE = "XX"
_LANGUAGES = ("zh_Hans", "en")
_SIGN = re.compile(r"^\W+")
"""The picture before a title."""


@dataclass(frozen=True, slots=True)
class AnswerPage:
    """`steps` by language, in their order. `source` names the law that they state; without it, they state none.
    `words`, by language and separated by commas, are what riders may call the matter."""

    desk: str
    kind: Option
    steps: Mapping[str, Sequence[str]]
    source: Words
    words: Words

    def steps_in(self, language: str) -> Sequence[str]:
        return self.steps.get(language) or next(iter(self.steps.values()), ())

    @property
    def phrases(self) -> list[str]:
        """What a search is compared with, in all languages: the kind's title and the words."""
        titles = (_SIGN.sub("", title).casefold() for title in self.kind.words.values())
        return sorted({*titles, *keywords.listed(self.words)})


def page_of(country: str, desk: str, kind: Option) -> AnswerPage | None:
    """The organisation's own page comes first, then the country's, then that of every country; None if there is none,
    as for a desk that the organisation has added without one."""
    common = _of_file(ANYWHERE).get(desk, {}).get(kind.key, {})
    words = common.get("words", {})
    if kind.today:
        steps = {language: text.splitlines() for language, text in kind.today.items()}
        return AnswerPage(desk, kind, steps, kind.source, words)
    found = _of_file(country.upper()).get(desk, {}).get(kind.key) or common
    if not found:
        return None
    steps = {language: found[language] for language in _LANGUAGES if language in found}
    return AnswerPage(desk, kind, steps, found.get("source", {}), words)


def pages_of(country: str, desks: Desks) -> list[AnswerPage]:
    """Those of the desks that the organisation has, in their order."""
    found = [page_of(country, desk.key, kind) for desk in desks.values() for kind in desk.kinds]
    return [page for page in found if page is not None]


def title_of(page: AnswerPage, language: str) -> str:
    """Without the picture that stands before it."""
    return _SIGN.sub("", in_language(page.kind.words, language))


@cache
def _of_file(country: str) -> Mapping[str, Mapping[str, dict[str, Any]]]:
    """By desk and kind; none for a country that has no file."""
    file = _FOLDER / f"{country}.toml"
    return tomllib.loads(file.read_text("utf-8")) if country.isalpha() and file.is_file() else {}
