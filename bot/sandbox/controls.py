"""What the page can do to the sandbox as a whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.clock import SandboxClock


@dataclass(frozen=True, slots=True)
class Controls:
    """`start_afresh` is None where the database is not the sandbox's own."""

    clock: SandboxClock
    start_afresh: Callable[[], None] | None = None
