"""In a group where the bot is an admin it is given everything that is said, and answers only what is meant for it."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from bot.sandbox.people import Chat
from bot.sandbox.wishes import written
from tests.support.simulator import Town

BOT = {"id": 1_000_000_042, "is_bot": True, "first_name": "暖新"}
SOMEBODY = {"id": 77, "is_bot": False, "first_name": "B"}
PHOTO = [{"file_id": "x", "file_unique_id": "x", "width": 1, "height": 1}]


def said(text: str, **more: Any) -> dict[str, Any]:
    return {**written(text), **more}


def answering(whom: dict[str, Any], **content: Any) -> dict[str, Any]:
    chat = {"id": -5, "type": "group", "title": "g"}
    return {"reply_to_message": {"message_id": 1, "date": 1, "chat": chat, "from": whom, **(content or {"text": "x"})}}


def has_answered(group: Chat, times: int) -> bool:
    return len([one for one in group.messages.values() if one["from"]["is_bot"]]) == times


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_an_admin_bot_answers_commands_mentions_and_replies_alone(town: Town) -> None:
    rider = town.rider(6)
    group = town.world.add_group(-5, "g", [6])
    group.has_bot_as_admin = True
    for content in (
        said("大家好"),
        said("mail me@nuanxin_bot.example or ask @nuanxin_bottle"),
        said("ask @another_bot"),
        said("yes", **answering(SOMEBODY)),
        {"photo": PHOTO},
        said("/station@another_bot"),
        said("/ban"),
        said("in a topic that the bot opened", **answering(BOT, forum_topic_created={"name": "t", "icon_color": 1})),
    ):
        await town.world.sends(rider.person, content, group)
    await town.until_idle()
    assert has_answered(group, 0)
    meant = (
        said("/station"),
        said("/nonsense@nuanxin_bot"),
        said("👍 @Nuanxin_Bot 在吗"),
        {
            "photo": PHOTO,
            "caption": "@nuanxin_bot",
            "caption_entities": [{"type": "mention", "offset": 0, "length": 12}],
        },
        said("yes", **answering(BOT)),
    )
    for number, content in enumerate(meant, 1):
        await town.world.sends(rider.person, content, group)
        await town.until(partial(has_answered, group, number))
