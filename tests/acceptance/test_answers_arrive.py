"""Whoever asked hears something: also when the answer is too long, or Telegram does not take it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox.files import STICKER
from bot.sandbox.params import Upload, bad
from bot.sandbox.server import METHODS
from handlers.chat.replies import Outgoing
from tests.support.activities import at_home
from tests.support.simulator import Town


async def test_a_refused_answer_becomes_a_word_with_an_id(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    rider = await at_home(town, 440)
    send = METHODS["sendMessage"]

    def refuses(world: Any, params: Any) -> Any:
        if "Commands" in params.text("text") or "/station" in params.text("text"):
            raise bad("can't parse entities: Unexpected end tag at byte offset 5")
        return send(world, params)

    monkeypatch.setitem(METHODS, "sendMessage", refuses)
    await rider.says("/help")
    said = (await rider.hears_of("couldn't send you the answer"))["text"]
    assert len(said.rpartition(" ")[2]) == 8


async def test_an_answer_that_is_too_long_comes_in_parts(town: Town) -> None:
    rider = await at_home(town, 440)
    page = "\n".join(f"<b>{number}</b> 🧾 &amp; &lt;" for number in range(1_000))
    await town.app.telegram.courier.send_all(
        [Outgoing("sendMessage", {"chat_id": rider.id, "text": page, "parse_mode": "HTML"})]
    )
    await rider.until(
        lambda: any(one.get("text", "").startswith("999") or "\n999 " in one.get("text", "") for one in rider.heard)
    )
    assert sum("🧾" in one.get("text", "") for one in rider.heard) >= 3


@pytest.mark.parametrize("kind", ["voice", "video", "sticker"])
async def test_a_button_below_what_has_no_text_says_it_anew(town: Town, kind: str) -> None:
    rider, files = await at_home(town, 440), town.world.files
    if kind == "voice":
        method, file = "sendVoice", files.voice(Upload("v.ogg", b"OggS"))
    elif kind == "video":
        method, file = "sendVideo", files.video(Upload("v.mp4", b"ftyp"))
    else:
        method, file = "sendSticker", STICKER
    markup = {"inline_keyboard": [[{"text": "Activities", "callback_data": "acts:week:0"}]]}
    await town.app.telegram.courier.send_all(
        [Outgoing(method, {"chat_id": rider.id, kind: file["file_id"], "reply_markup": markup})]
    )
    await rider.presses("Activities")
    assert not (await rider.hears_of("Activities"))["edited"]
