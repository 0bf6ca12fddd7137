"""The way of an update: from Telegram through a handler to its answers."""

from __future__ import annotations

from dataclasses import dataclass

from bot.assembly.foundation import Foundation
from bot.assembly.services import Extensions, Services
from bot.assembly.telegram import Telegram
from bot.telegram.intake import Polling
from bot.telegram.rate_limiter import RateLimiter
from bot.telegram.update_handler import Answering
from bot.telegram.updates_in_hand import InHand
from bot.web.webhook import Webhook
from handlers import features


@dataclass(frozen=True, slots=True)
class Updates:
    in_hand: InHand
    pipeline: Answering
    polling: Polling
    webhook: Webhook

    @property
    def in_flight(self) -> int:
        """How many are being worked on."""
        return self.polling.in_hand + self.webhook.in_hand


def build_updates(base: Foundation, telegram: Telegram, services: Services, extensions: Extensions) -> Updates:
    section, limits = base.config.telegram, base.config.limits
    in_hand = InHand(base.database, base.staff, base.clock)
    pipeline = Answering(
        base.database,
        services.context,
        services.routes,
        telegram.courier,
        base.clock,
        base.metrics,
        RateLimiter(limits.actions_per_minute, limits.burst, section.messages_per_second),
        base.errors,
        in_hand,
        features.refusals(extensions.features),
    )
    polling = Polling(
        telegram.api.call,
        pipeline.handle,
        base.leader.leading,
        base.monotonic,
        telegram.reach,
        base.metrics.updates.labels("none", "odd").inc,
        telegram.webhook_keeper.look,
    )
    webhook = Webhook(pipeline.handle, section.webhook_secret.get_secret_value())
    return Updates(in_hand, pipeline, polling, webhook)
