"""Sentences that were kept in English, put into a reader's language: what the audit log says, why a line was refused.

They stay in English where they are kept, since the audit log is proved by its words and the command line prints the
reasons. Each is made of one of a few patterns, and those are in the catalogue like any other message.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from string import Formatter

from handlers.i18n.translations import Translate

Words = Callable[[str], str]


def reworded(text: str, patterns: Sequence[str], translate: Translate, values: Mapping[str, Words]) -> str:
    """The translation of the first pattern that the text is made of; the text itself if it is made of none.

    Args:
        text: the sentence in English.
        patterns: messages with blanks, the most specific first.
        translate: into the reader's language.
        values: what is made of a value, by the name of its blank; others stay as they are.
    """
    for pattern in patterns:
        found = _expression(pattern).fullmatch(text)
        if found is not None:
            filled = {
                name: values[name](value) if name in values else value for name, value in found.groupdict().items()
            }
            return translate(pattern).format(**filled)
    return text


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    """What matches every sentence that is made of the pattern."""
    parts = Formatter().parse(pattern)
    return re.compile(
        "".join(re.escape(said) + (f"(?P<{name}>.+?)" if name else "") for said, name, _, _ in parts), re.S
    )
