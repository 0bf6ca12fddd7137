"""The way to Telegram: the connection, the pace, the courier."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from telegram import error

from bot.assembly.foundation import Foundation
from bot.telegram.api_client import ApiClient
from bot.telegram.courier import Courier
from bot.telegram.pacing import Pacer
from bot.telegram.rate_quota import RateQuota
from bot.telegram.reachability import Outage, Reach, insist
from bot.telegram.refused_calls import RefusedCalls
from bot.telegram.transport import AiohttpRequest
from bot.telegram.webhook_keeper import WebhookKeeper
from handlers.chat.context import BotIdentity, OwnIdentity
from storage.database import Database
from storage.deliveries.notices import Notice
from storage.operations import admins
from storage.people import people
from storage.telegram_ids import PersonId

GET_ME_TIMEOUT = 10.0


@dataclass(frozen=True, slots=True)
class Telegram:
    transport: AiohttpRequest
    api: ApiClient
    reach: Reach
    pacer: Pacer
    quota: RateQuota
    courier: Courier
    webhook_keeper: WebhookKeeper
    identity: OwnIdentity
    first_contact: Outage

    async def introduce(self) -> None:
        """Asks who the bot is, until Telegram answers.

        Raises:
            InvalidToken: Telegram does not know the token.
        """
        me = await insist(self._get_me, self.first_contact, but=(error.InvalidToken,))
        self.identity.learn(me)

    async def _get_me(self) -> BotIdentity:
        me = dict(await self.api.call("getMe", {}, GET_ME_TIMEOUT))
        return BotIdentity(int(me["id"]), str(me.get("username", "")))


def build_telegram(base: Foundation) -> Telegram:
    section, monotonic = base.config.telegram, base.monotonic
    reach = Reach(monotonic)
    # In polling mode only the answers to getUpdates count, and Polling notes them.
    transport = AiohttpRequest() if base.polls else AiohttpRequest(on_success=reach.answered)
    api = ApiClient.of(base.config, transport)
    pacer = Pacer(
        section.messages_per_second,
        monotonic,
        section.messages_per_second_per_chat,
        section.messages_per_minute_per_group,
    )
    return Telegram(
        transport=transport,
        api=api,
        reach=reach,
        pacer=pacer,
        quota=RateQuota(
            base.database,
            pacer,
            base.leader.leads,
            base.clock,
            base.process,
            section.messages_per_second,
            together=not base.polls,
        ),
        courier=Courier(
            transport,
            api.base_url,
            partial(_mark_unreachable, base.database),
            base.metrics,
            pacer,
            RefusedCalls(base.database, base.errors, base.settings, base.clock).word_about,
            Outage("failed to send messages", monotonic),
        ),
        webhook_keeper=WebhookKeeper(section, api.call, reach, base.leader.leads, monotonic, partial(_tell, base)),
        identity=OwnIdentity(),
        first_contact=Outage("Telegram does not answer yet", monotonic),
    )


async def _tell(base: Foundation, notice: Notice) -> None:
    async with base.database.writing() as session:
        await admins.tell_once_a_day(session, base.staff, notice, base.clock())


async def _mark_unreachable(database: Database, person_id: PersonId) -> None:
    async with database.writing() as session:
        await people.mark_unreachable(session, person_id)
