"""Groups, forums, channels and albums: what is a message to the bot, and where it is answered."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from bot.sandbox.people import Chat, Topic
from handlers.chat.incoming import Incoming
from storage.people.people import PersonRow
from tests.support.simulator import Rider, Town
from tests.support.words.forms import CONSENT_PAGE

ANONYMOUS = {"id": 1_087_968_824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
CHANNEL_BOT = {"id": 136_817_688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"}
TELEGRAM = {"id": 777_000, "is_bot": False, "first_name": "Telegram"}


def said_in(chat: Chat) -> list[dict[str, Any]]:
    return [message for message in chat.messages.values() if message["from"].get("username") == "nuanxin_bot"]


async def people_known(town: Town) -> int:
    async with town.database.reading() as session:
        return await session.scalar(select(func.count()).select_from(PersonRow)) or 0


async def test_a_command_in_a_topic_is_answered_in_that_topic(town: Town) -> None:
    rider = town.rider(6)
    forum = town.world.add_forum(-1005, "f", [6])
    forum.topics[17] = Topic("rides")
    await town.world.sends(
        rider.person, {"text": "/station@nuanxin_bot", "message_thread_id": 17, "is_topic_message": True}, forum
    )
    await town.world.sends(rider.person, {"text": "/station@nuanxin_bot", "message_thread_id": 3}, forum)
    await town.until(lambda: len(said_in(forum)) == 2)
    first, second = said_in(forum)
    assert (first["message_thread_id"], "message_thread_id" in second) == (17, False), "the other is a reply, no topic"


async def test_the_way_from_a_group_leads_to_what_was_asked_for(town: Town) -> None:
    rider = town.rider(6)
    group = town.world.add_group(-6, "g", [6])
    await town.world.sends(rider.person, {"text": "/legal@nuanxin_bot please"}, group)
    await town.world.sends(rider.person, {"text": "@nuanxin_bot hello"}, group)
    await town.until(lambda: len(said_in(group)) == 2)
    links = [one["reply_markup"]["inline_keyboard"][0][0]["url"] for one in said_in(group)]
    assert links == ["https://t.me/nuanxin_bot?start=legal", "https://t.me/nuanxin_bot"]
    await rider.says("/start legal")
    await rider.hears_of(CONSENT_PAGE)


SERVICE = [
    "forum_topic_created",
    "forum_topic_closed",
    "forum_topic_edited",
    "general_forum_topic_hidden",
    "video_chat_started",
    "video_chat_ended",
    "boost_added",
    "giveaway_created",
    "giveaway_completed",
    "chat_background_set",
    "gift",
    "unique_gift",
    "web_app_data",
    "successful_payment",
    "proximity_alert_triggered",
    "new_chat_members",
    "pinned_message",
    "message_auto_delete_timer_changed",
    "something_of_2030",
]


@pytest.mark.parametrize("kind", SERVICE)
def test_notices_of_telegram_are_no_messages(kind: str) -> None:
    message = {"message_id": 1, "date": 1, "chat": {"id": 5, "type": "private"}, "from": {"id": 5, "is_bot": False}}
    quiet, spoken = (
        Incoming.read({"message": {**message, kind: {}}}),
        Incoming.read({"message": {**message, "text": "x"}}),
    )
    assert quiet is not None and not quiet.is_said
    assert spoken is not None and spoken.is_said


async def test_notices_of_telegram_pass_silently(town: Town) -> None:
    town.api.check = None
    rider = town.rider(6)
    group = town.world.add_group(-5, "g", [6])
    for kind in SERVICE:
        await rider.sends(**{kind: {}})
        await town.world.sends(rider.person, {kind: {}}, group)
    await rider.says("/help")
    assert "What I can do" in (await rider.hears())["text"]
    assert said_in(group) == []


@pytest.mark.parametrize("stand_in", [ANONYMOUS, CHANNEL_BOT])
async def test_who_writes_as_a_group_is_answered_and_is_no_person(town: Town, stand_in: dict[str, Any]) -> None:
    group = town.world.add_group(-5, "g", [6])
    before = await people_known(town)
    sender = {"from": stand_in, "sender_chat": {"id": -5, "type": "supergroup", "title": "g"}}
    await town.world.sends(town.rider(6).person, {"text": "/station@nuanxin_bot", **sender}, group)
    await town.until(lambda: bool(said_in(group)))
    assert said_in(group)[0]["reply_markup"]["inline_keyboard"][0][0]["url"] == "https://t.me/nuanxin_bot?start=station"
    assert await people_known(town) == before


async def test_posts_of_a_linked_channel_and_telegram_itself_are_not_answered(town: Town) -> None:
    group = town.world.add_group(-5, "g", [6])
    person = town.rider(6).person
    before = await people_known(town)
    channel = {"sender_chat": {"id": -7, "type": "channel", "title": "c"}, "is_automatic_forward": True}
    await town.world.sends(person, {"text": "/station@nuanxin_bot", "from": TELEGRAM, **channel}, group)
    await town.world.sends(person, {"text": "Login code: 12345", "from": TELEGRAM})
    await town.until_idle()
    assert said_in(group) == [] and said_in(town.world.chats[6]) == []
    assert await people_known(town) == before


PHOTO = [{"file_id": "x", "file_unique_id": "x", "width": 1, "height": 1}]


async def send_album(rider: Rider, pictures: int = 10) -> None:
    for _ in range(pictures):
        await rider.sends(photo=PHOTO, media_group_id="13")


async def test_an_album_gets_one_answer(town: Town) -> None:
    rider = town.rider(6)
    await send_album(rider)
    await rider.says("/help")
    assert "I can't do anything with that" in (await rider.hears())["text"]
    assert "What I can do" in (await rider.hears())["text"]


async def test_an_album_that_answers_a_question_answers_one(town: Town) -> None:
    rider = town.rider(6)
    await rider.says("/join")
    await rider.hears_of("Do you agree")
    await rider.presses("✅ I agree")
    await rider.hears_of("What is your name?")
    await send_album(rider)
    await rider.says("Li Lei")
    assert "as on your ID card" in (await rider.hears())["text"]
    assert "What is your phone number?" in (await rider.hears())["text"]


@pytest.mark.parametrize("text", ["/start\nhello", "/help\nplease", "/station\n", "/help\tx", "/help@nuanxin_bot\nx"])
async def test_a_command_may_end_with_a_line_break(town: Town, text: str) -> None:
    rider = town.rider(6)
    await rider.says(text)
    assert "I don't know this command" not in (await rider.hears())["text"]
