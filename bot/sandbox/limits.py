"""Too many requests: what the sandbox's Telegram takes in any sliding window before it answers 429."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.sandbox.params import Refusal


@dataclass(slots=True)
class Limits:
    """Messages: `per_second` from the bot altogether, `per_chat` in 20 s (short bursts pass), `per_group` a minute.

    The figures are Telegram's free ones: https://core.telegram.org/bots/faq#broadcasting-to-users
    """

    clock: Callable[[], float]
    per_second: int = 30
    per_chat: int = 20
    per_group: int = 20
    _taken: dict[int, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def take(self, chat_id: int) -> None:
        """Raises Refusal (429 with retry_after) if this message is one too many."""
        now = self.clock()
        windows = [
            (0, 1.0, self.per_second),
            (chat_id, 60.0, self.per_group) if chat_id < 0 else (chat_id, 20.0, self.per_chat),
        ]
        for key, seconds, limit in windows:
            taken = self._taken[key]
            while taken and taken[0] <= now - seconds:
                taken.popleft()
            if len(taken) >= limit:
                wait = max(1, int(taken[0] + seconds - now + 0.999))
                raise Refusal(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        for key, _, _ in windows:
            self._taken[key].append(now)
