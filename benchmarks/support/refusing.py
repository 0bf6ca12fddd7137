"""A Telegram that refuses single chats."""

from __future__ import annotations

from bot.sandbox.limits import Limits
from bot.sandbox.params import Refusal


class Refusing(Limits):
    """Telegram refuses messages to these chats; `refused` counts how often it had to."""

    def __init__(self, chats: tuple[int, ...], seconds: int) -> None:
        super().__init__(lambda: 0.0)
        self.refused = dict.fromkeys(chats, 0)
        self.seconds = seconds

    def take(self, chat_id: int) -> None:
        if chat_id in self.refused:
            self.refused[chat_id] += 1
            raise Refusal(429, "Too Many Requests", retry_after=self.seconds)
