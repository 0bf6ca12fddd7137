"""How the bot gets its updates from the sandbox: by asking, or at its webhook."""

from __future__ import annotations

import asyncio
import contextlib
from urllib.parse import urlsplit

import aiohttp

from bot.backoff import Backoff
from bot.observability.logs import logger
from bot.sandbox.params import Json, Params, Refusal, bad
from bot.sandbox.world import World
from bot.updates.intake import queue_key

log = logger("bot.sandbox")

UPDATE_KINDS = (
    "message",
    "edited_message",
    "callback_query",
    "inline_query",
    "chosen_inline_result",
    "my_chat_member",
    "poll",
    "poll_answer",
    "chat_member",
    "chat_join_request",
    "channel_post",
    "edited_channel_post",
    "message_reaction",
    "message_reaction_count",
)
_LONGEST_POLL = 50
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0
_WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
_OTHER_ASKS = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


class Intake:
    """Only one question waits at a time; a newer one ends it with 409, as Telegram does."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._asking: asyncio.Task[None] | None = None
        self._pushing: asyncio.Task[None] | None = None
        self.poll_turn = 0

    async def get_updates(self, params: Params) -> list[Json]:
        world = self._world
        if world.webhook["url"]:
            raise Refusal(409, _WEBHOOK_ACTIVE)
        self.poll_turn += 1
        turn = self.poll_turn
        self._allow(params)
        offset = params.whole("offset")
        if offset > 0:
            await world.confirm(offset)
        limit = min(max(params.whole("limit", 100), 1), 100)
        wait = min(params.whole("timeout"), _LONGEST_POLL)
        async with world.changed:
            world.changed.notify_all()
            if not world.waiting:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(
                        world.changed.wait_for(lambda: bool(world.waiting) or turn != self.poll_turn), wait
                    )
            if turn != self.poll_turn:
                raise Refusal(409, _OTHER_ASKS)
            return world.waiting[:limit]

    def _allow(self, params: Params) -> None:
        allowed = params.parsed("allowed_updates")
        if allowed is not None:
            self._world.allowed = set(allowed) & set(UPDATE_KINDS) or None

    async def set_webhook(self, params: Params) -> bool:
        url = params.text("url")
        if not url:
            return await self.delete_webhook(params)
        parts = urlsplit(url)
        if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
            raise bad("bad webhook: An HTTPS URL must be provided for webhook")
        self._allow(params)
        if params.flag("drop_pending_updates"):
            await self._drop()
        hook = {
            "url": url,
            "secret_token": params.text("secret_token"),
            "max_connections": params.whole("max_connections", 40),
        }
        if self._pushing is not None and hook.items() <= self._world.webhook.items():
            return True  # "Webhook is already set": what is on its way goes on
        self._world.webhook = hook
        await self._end_waiting_poll()
        await self.close()
        self._pushing = asyncio.create_task(self._push())
        return True

    async def delete_webhook(self, params: Params) -> bool:
        self._world.webhook = {"url": ""}
        if params.flag("drop_pending_updates"):
            await self._drop()
        await self.close()
        return True

    def webhook_info(self) -> Json:
        hook = {name: value for name, value in self._world.webhook.items() if name != "secret_token"}
        allowed = {"allowed_updates": sorted(self._world.allowed)} if self._world.allowed else {}
        return {"has_custom_certificate": False, "pending_update_count": len(self._world.waiting), **hook, **allowed}

    async def _drop(self) -> None:
        if self._world.waiting:
            await self._world.confirm(self._world.waiting[-1]["update_id"] + 1)

    async def leave(self) -> None:
        """Lets nobody wait any longer: the server ends."""
        await self._end_waiting_poll()
        await self.close()

    async def _end_waiting_poll(self) -> None:
        """With 409, at once: whoever polls must not learn it only when their time is up."""
        self.poll_turn += 1
        async with self._world.changed:
            self._world.changed.notify_all()

    async def close(self) -> None:
        if self._pushing is not None:
            self._pushing.cancel()
            await asyncio.gather(self._pushing, return_exceptions=True)
            self._pushing = None

    async def _push(self) -> None:
        """Posts updates, several at once, each until it is taken with a 2xx; of one chat, one after the other.

        Telegram's own server does so (telegram-bot-api, WebhookActor.cpp: `queue_updates_`, one update a queue).
        """
        hook, world = self._world.webhook, self._world
        in_hand: dict[int, asyncio.Task[None]] = {}

        def following() -> Json | None:
            if len(in_hand) >= hook["max_connections"]:
                return None
            return next((update for update in world.waiting if queue_key(update) not in in_hand), None)

        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session:
            try:
                while True:
                    async with world.changed:
                        await world.changed.wait_for(following)
                        update = following()
                    if update is not None:
                        in_hand[queue_key(update)] = asyncio.create_task(self._post(session, hook, update, in_hand))
            finally:
                posting = list(in_hand.values())
                for task in posting:
                    task.cancel()
                await asyncio.gather(*posting, return_exceptions=True)

    async def _post(
        self, session: aiohttp.ClientSession, hook: Json, update: Json, in_hand: dict[int, asyncio.Task[None]]
    ) -> None:
        pauses = Backoff(_FIRST_PAUSE, _LONGEST_PAUSE)
        headers = {"X-Telegram-Bot-Api-Secret-Token": hook["secret_token"]} if hook["secret_token"] else {}
        while True:
            try:
                async with session.post(hook["url"], json=update, headers=headers) as response:
                    if response.status // 100 == 2:
                        break
                    trouble = f"Wrong response from the webhook: {response.status} {response.reason}"
            except (aiohttp.ClientError, TimeoutError) as error:
                trouble = type(error).__name__
            hook.update(last_error_date=self._world.now, last_error_message=trouble)
            async with self._world.changed:
                self._world.changed.notify_all()
            await asyncio.sleep(pauses.next())
        async with self._world.changed:
            del in_hand[queue_key(update)]
            self._world.waiting = [one for one in self._world.waiting if one["update_id"] != update["update_id"]]
            self._world.changed.notify_all()
