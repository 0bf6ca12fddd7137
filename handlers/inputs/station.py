"""A station by what somebody typed of its name."""

from __future__ import annotations

from markupsafe import escape

from handlers.chat.talk import Talk
from handlers.forms.questions import NotAnAnswer

_NAMED = 5


def station_named(talk: Talk, text: str) -> int | None:
    """The row of the one station with this name, or with these words in its name; None if there is none.

    Raises:
        NotAnAnswer: there are several.
    """
    names = talk.context.directory.index.names
    found = names.named(text, _NAMED + 1)
    if len(found) < 2:
        return next(iter(found), None)
    several = escape(" · ".join(names[row] for row in found[:_NAMED]))
    raise NotAnAnswer(talk._("Several stations match: {names}. Please type the full name.").format(names=several))
