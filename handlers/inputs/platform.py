"""Which platform somebody works for, or something is about: one of the organisation's list, or another by its name."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.chat.questions import Choice, NotAnAnswer
from handlers.chat.talk import Talk
from handlers.inputs.text import clean
from storage.dialogues import Value


async def read_platform(talk: Talk) -> Value:
    text = clean(talk.text)
    if not 1 <= len(text) <= 40:
        raise NotAnAnswer(talk._("Choose a platform, or write its name (up to 40 characters)."))
    return next((name for name in talk.context.settings.joining.platforms if name.casefold() == text.casefold()), text)


def platform_choices(talk: Talk, last: Choice) -> Sequence[Choice]:
    """Those of the list, then the one for all others."""
    return [*(Choice(str(at), name, name) for at, name in enumerate(talk.context.settings.joining.platforms)), last]
