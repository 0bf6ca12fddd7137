"""The question for a reason, which somebody will read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from handlers.chat.talk import Talk
from handlers.forms.questions import Choice, Question
from handlers.i18n.translations import N_
from handlers.inputs.text import TextInput

D = TypeVar("D")


def reason_question(
    ask: str | Callable[[Talk, D], str],
    minimum: int,
    maximum: int,
    ready: Callable[[Talk, D], Sequence[Choice[str]]] | None = None,
) -> Question[str, D]:
    """`ask` says who reads it; `ready` are reasons on buttons."""
    return Question(title=N_("Reason"), ask=ask, input=TextInput(minimum, maximum), choices=ready)
