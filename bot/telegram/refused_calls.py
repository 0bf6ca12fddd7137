"""What becomes of a message that Telegram refuses: an error with an id, and a word to the person, who waits for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from telegram import error

from bot.config.runtime_settings import RuntimeSettings
from bot.observability.error_reporter import ErrorReporter
from bot.observability.logs import logger
from handlers import refusals
from handlers.chat.replies import Outgoing, message_params
from storage.database import Database
from storage.telegram_ids import ChatId, PersonId
from storage.updates import user_state

log = logger("bot.telegram.refused_calls")


@dataclass(frozen=True, slots=True)
class RefusedCalls:
    database: Database
    errors: ErrorReporter
    settings: RuntimeSettings
    clock: Callable[[], datetime]

    async def word_about(self, outgoing: Outgoing, chat_id: ChatId, refusal: error.BadRequest) -> Outgoing | None:
        """Reports the refusal; returns what is said instead, to a person."""
        error_id = await self.errors.report("Telegram refused a call", refusal)
        log.error("Telegram refused a call", method=outgoing.method, error=refusal.message, error_id=error_id)
        if chat_id <= 0:
            return None
        text = refusals.not_sent_words(await self._language(PersonId(chat_id)), error_id)
        return Outgoing("sendMessage", message_params(chat_id, text, None), minor=True)

    async def _language(self, person_id: PersonId) -> str:
        async with self.database.reading() as session:
            (standing,) = await user_state.standings(session, [person_id], self.clock())
        return standing.spoken or self.settings.current.value.organisation.language
