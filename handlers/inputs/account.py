"""The name of the Telegram account as a ready answer, which saves typing it."""

from __future__ import annotations

from handlers.chat.talk import Talk
from handlers.forms.questions import Choice

LONGEST_LABEL = 20
"""Of a name on a button, which a narrow phone cuts."""


def account_choice(talk: Talk, name: str) -> Choice[str]:
    return Choice("account", talk._("Use “{name}”").format(name=name), name)
