"""What a feature does with a case that the last level of its desk has approved (`Feature.on_approval`)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from handlers.chat.talk import Talk
from storage.dialogues import Value
from storage.telegram_ids import PersonId


@dataclass(frozen=True, slots=True)
class ApprovedCase:
    """What was approved: its number, who brought it, its kind in the organisation's language, and the answers by the
    keys of the desk's questions."""

    number: str
    person_id: PersonId | None
    kind: str
    answers: Mapping[str, Value]


OnApproval = Callable[[Talk, ApprovedCase], Awaitable[None]]
