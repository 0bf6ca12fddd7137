"""What a journey is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.support.journeys.phone import Phone


@dataclass(frozen=True, slots=True)
class Journey:
    """`number` and `title` are those of the review of 0.7; `steps` says what is counted."""

    number: int
    title: str
    steps: str
    play: Callable[[Phone], Awaitable[None]]
