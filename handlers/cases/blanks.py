"""Blanks in a text, like {name}: what the case fills in by itself, and what is left to be written."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from storage.cases.table import Case, content_of

MOST_BLANKS = 12
_BLANK = re.compile(r"\{([^{}]+)\}")
NUMBER, NAME, PLATFORM = "number", "name", "platform"
KNOWN: Mapping[str, str] = {
    "number": NUMBER,
    "编号": NUMBER,
    "name": NAME,
    "称呼": NAME,
    "姓名": NAME,
    "platform": PLATFORM,
    "平台": PLATFORM,
}
"""Blanks that are filled in from the case, by what stands between the braces."""


def blanks_of(wording: str) -> list[str]:
    """Their names, each once, in the order of the text."""
    return list(dict.fromkeys(_BLANK.findall(wording)))


def filled(wording: str, value_of: Callable[[str], str | None]) -> str:
    """The text with its blanks filled in; one without a value keeps its name."""
    return _BLANK.sub(lambda found: value_of(found[1]) or found[0], wording)


def known_of(session: AsyncSession, row: Case) -> dict[str, str]:
    """What this case fills in, by the name of the blank; "" for what its rider withheld."""
    content = content_of(session, row)
    values = {NUMBER: row.number, NAME: _plain(content.name), PLATFORM: _plain(content.platform)}
    return {blank: values[meaning] for blank, meaning in KNOWN.items()}


def _plain(value: str) -> str:
    """Without what would be read as a blank."""
    return value.replace("{", "(").replace("}", ")")
