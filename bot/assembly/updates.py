"""The way of an update: from Telegram through a handler to its answers."""

from __future__ import annotations

from dataclasses import dataclass

from bot.assembly.foundation import Foundation
from bot.assembly.services import Extensions, Services
from bot.assembly.telegram import Telegram
from bot.updates.admission import Admission
from bot.updates.intake import Polling
from bot.updates.rate_limiter import RateLimiter
from bot.updates.reply_outbox import ReplyOutbox
from bot.updates.update_lookup import UpdateLookup
from bot.updates.update_pipeline import Stages, UpdatePipeline
from bot.updates.update_transaction import UpdateTransaction
from bot.updates.updates_in_hand import InHand
from bot.web.webhook import Webhook
from handlers import features


@dataclass(frozen=True, slots=True)
class Updates:
    in_hand: InHand
    outbox: ReplyOutbox
    pipeline: UpdatePipeline
    polling: Polling
    webhook: Webhook

    @property
    def in_flight(self) -> int:
        """How many are being worked on."""
        return self.polling.in_hand + self.webhook.in_hand


def build_updates(base: Foundation, telegram: Telegram, services: Services, extensions: Extensions) -> Updates:
    in_hand = InHand(base.database, base.staff, base.clock)
    outbox = ReplyOutbox(base.database, telegram.courier, base.clock)
    pipeline = UpdatePipeline(
        _stages(base, services, outbox),
        services.context,
        base.clock,
        in_hand,
        base.metrics,
        base.errors,
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
        base.leader.leads,
    )
    webhook = Webhook(pipeline.handle, base.config.telegram.webhook_secret.get_secret_value())
    return Updates(in_hand, outbox, pipeline, polling, webhook)


def _stages(base: Foundation, services: Services, outbox: ReplyOutbox) -> Stages:
    limits, per_second = base.config.limits, base.config.telegram.messages_per_second
    limiter = RateLimiter(limits.actions_per_minute, limits.burst, per_second)
    return Stages(
        lookup=UpdateLookup(base.database, base.clock),
        admission=Admission(services.routes, limiter),
        transaction=UpdateTransaction(base.database, base.clock, services.routes.forms),
        outbox=outbox,
    )
