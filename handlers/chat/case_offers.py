"""What a feature offers somebody who has just opened a case (`Feature.case_offers`), such as a file as evidence."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from handlers.chat.press import Button
from handlers.chat.replies import File
from handlers.chat.talk import Talk

CaseOffer = Callable[[Talk], Awaitable[Sequence[Button]]]
"""Its buttons below the case's number; none if there is nothing to offer to this person."""
CountCase = Callable[[Talk, str], Awaitable[None]]
"""Counts a case whose form the feature has begun, by its kind, without keeping whose it is."""


@dataclass(frozen=True, slots=True)
class OwnFiles:
    """What a feature keeps for somebody and can put into a case's form as evidence: `label` is on the button, `none` is
    said to whoever has nothing of it; both in English, marked with `N_`. `make` gives the files as they are now."""

    label: str
    none: str
    make: Callable[[Talk], Awaitable[Sequence[File]]]
