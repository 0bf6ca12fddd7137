"""The sandbox's Bot API over HTTP: https://core.telegram.org/bots/api#making-requests, on loopback only."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.sandbox import bot_settings, editing, inline, mini_apps, sending, signs
from bot.sandbox.limits import Limits
from bot.sandbox.params import Json, Params, Refusal, bad, read_params
from bot.sandbox.update_queue import Intake
from bot.sandbox.world import World

Method = Callable[[World, Params], Any]
Check = Callable[[str, Json, Any], None]

METHODS: dict[str, Method] = {
    "getMe": bot_settings.get_me,
    "setMyCommands": bot_settings.set_my_commands,
    "getMyCommands": bot_settings.get_my_commands,
    "deleteMyCommands": bot_settings.delete_my_commands,
    "setMyDescription": bot_settings.set_my_description,
    "getMyDescription": bot_settings.get_my_description,
    "setMyShortDescription": bot_settings.set_my_short_description,
    "getMyShortDescription": bot_settings.get_my_short_description,
    "setChatMenuButton": mini_apps.set_chat_menu_button,
    "getChatMenuButton": mini_apps.get_chat_menu_button,
    "getFile": bot_settings.get_file,
    "getChat": bot_settings.get_chat,
    "sendMessage": sending.send_message,
    "sendPhoto": sending.send_photo,
    "sendDocument": sending.send_document,
    "sendVoice": sending.send_voice,
    "sendVideo": sending.send_video,
    "sendAudio": sending.send_audio,
    "sendAnimation": sending.send_animation,
    "sendVideoNote": sending.send_video_note,
    "sendSticker": sending.send_sticker,
    "sendLocation": sending.send_location,
    "sendVenue": sending.send_venue,
    "sendContact": sending.send_contact,
    "sendMediaGroup": sending.send_media_group,
    "copyMessage": sending.copy_message,
    "copyMessages": sending.copy_messages,
    "forwardMessage": sending.forward_message,
    "editMessageText": editing.edit_message_text,
    "editMessageCaption": editing.edit_message_caption,
    "editMessageReplyMarkup": editing.edit_message_reply_markup,
    "editMessageMedia": editing.edit_message_media,
    "deleteMessage": editing.delete_message,
    "deleteMessages": editing.delete_messages,
    "answerCallbackQuery": editing.answer_callback_query,
    "createForumTopic": editing.create_forum_topic,
    "closeForumTopic": editing.close_forum_topic,
    "pinChatMessage": signs.pin_chat_message,
    "unpinChatMessage": signs.unpin_chat_message,
    "unpinAllChatMessages": signs.unpin_all_chat_messages,
    "setMessageReaction": signs.set_message_reaction,
    "sendChatAction": signs.send_chat_action,
    "answerInlineQuery": inline.answer_inline_query,
}
_PACED = {name for name in METHODS if name.startswith(("send", "copy", "forward"))} - {"sendChatAction"}
_SETTINGS = {"getMe", "getUpdates", "setWebhook", "deleteWebhook", "getWebhookInfo"}
_NAMES = {name.lower(): name for name in (*METHODS, *_SETTINGS)}


@dataclass(slots=True)
class Fault:
    """An answer that takes the place of the next one that `methods` asks for (all that are no settings, if empty).

    `body` None breaks the connection instead. The call has no effect, but for `too_late`.
    """

    status: int = 500
    body: str | None = "<html><body>502 Bad Gateway</body></html>"
    methods: tuple[str, ...] = ()
    too_late: bool = False


@dataclass(slots=True)
class BotApi:
    """Serves one bot of one world. `check` sees every call with its result; what it raises is a 500."""

    world: World
    limits: Limits | None = None
    latency: float = 0.0
    check: Check | None = None
    faults: list[Fault] = field(default_factory=list)
    dice: Callable[[str], Fault | None] | None = None
    calls: dict[str, int] = field(default_factory=dict)
    intake: Intake = field(init=False)

    def __post_init__(self) -> None:
        self.intake = Intake(self.world)

    def add_routes(self, application: web.Application) -> None:
        application.router.add_route("*", "/bot{token}/{method}", self.serve)
        application.router.add_get("/file/bot{token}/files/{file_id}", self.serve_file)
        application.on_shutdown.append(self._close)

    async def _close(self, _application: web.Application) -> None:
        await self.intake.leave()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self.world.token:
            return _answer(Refusal(401, "Unauthorized").body(), 401)
        name = request.match_info["method"]
        try:
            params = await read_params(request)
            fault = self._fault(name)
            if fault is not None and not fault.too_late:
                return _instead(request, fault)
            result = await self.call(name, params)
            if fault is not None:
                return _instead(request, fault)
        except Refusal as refusal:
            return _answer(refusal.body(), refusal.status)
        return _answer({"ok": True, "result": result}, 200)

    def _fault(self, name: str) -> Fault | None:
        """The next one that was ordered, or one by `dice`."""
        if self.dice is not None and (thrown := self.dice(name)) is not None:
            return thrown
        for fault in self.faults:
            if name in fault.methods or (not fault.methods and name not in _SETTINGS and name in METHODS):
                self.faults.remove(fault)
                return fault
        return None

    async def call(self, name: str, params: Params) -> object:
        """Raises Refusal where Telegram answers with an error."""
        known = _NAMES.get(name.lower(), "")
        self.calls[known] = self.calls.get(known, 0) + 1
        result = await self._settings(known, params) if known in _SETTINGS else await self._method(known, params)
        if self.check is not None:
            self.check(known, dict(params.values), result)
        return result

    async def _settings(self, name: str, params: Params) -> object:
        if name == "getUpdates":
            return await self.intake.get_updates(params)
        if name == "setWebhook":
            return await self.intake.set_webhook(params)
        if name == "deleteWebhook":
            return await self.intake.delete_webhook(params)
        if name == "getWebhookInfo":
            return self.intake.webhook_info()
        return bot_settings.get_me(self.world, params)

    async def _method(self, name: str, params: Params) -> object:
        if name not in METHODS:
            raise Refusal(404, "Not Found: method not found")
        if self.latency:
            await asyncio.sleep(self.latency)
        if self.limits is not None and name in _PACED:
            chat = params.text("chat_id")
            if not chat.lstrip("-").isdigit():
                raise bad("chat not found")
            self.limits.take(int(chat))
        return METHODS[name](self.world, params)

    async def serve_file(self, request: web.Request) -> web.Response:
        upload = self.world.files.get(request.match_info["file_id"])
        if request.match_info["token"] != self.world.token or upload is None:
            return _answer(Refusal(404, "Not Found").body(), 404)
        return web.Response(body=upload.content, content_type="application/octet-stream")


def _answer(body: Json, status: int) -> web.Response:
    return web.json_response(body, status=status)


def _instead(request: web.Request, fault: Fault) -> web.Response:
    if fault.body is not None:
        kind = "application/json" if fault.body.startswith("{") else "text/html"
        return web.Response(status=fault.status, text=fault.body, content_type=kind)
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
