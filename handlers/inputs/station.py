"""A station by what somebody typed of its name."""

from __future__ import annotations

from markupsafe import escape

from handlers.chat.talk import Talk
from handlers.forms.questions import NotAnAnswer


def station_named(talk: Talk, text: str) -> int | None:
    """The row of the one station with this name, or with these words in its name; None if there is none.

    Raises:
        NotAnAnswer: there are several.
    """
    index = talk.context.directory.index
    names, wanted = index.names, text.casefold()
    found = [row for row in range(len(index)) if wanted and wanted in names[row].casefold()]
    same = [row for row in found if names[row].casefold() == wanted]
    if len(same or found) == 1:
        return (same or found)[0]
    if not found:
        return None
    several = escape(" · ".join(names[row] for row in found[:5]))
    raise NotAnAnswer(talk._("Several stations match: {names}. Please type the full name.").format(names=several))
