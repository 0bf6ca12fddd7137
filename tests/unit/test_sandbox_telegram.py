"""The sandbox's Telegram has Telegram's rules, where the bot depends on them."""

from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox import inline, sharing, signs
from bot.sandbox.params import Json, Params, Refusal
from bot.sandbox.people import Chat, Person
from bot.sandbox.server import METHODS
from bot.sandbox.wishes import written
from bot.sandbox.world import World
from tests.support.bot_api_schema import check_call, check_update
from tests.support.simulator import TOKEN

RIDER, OTHER, GROUP = 1, 2, -5


class Town:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0
        self.world = World(TOKEN, "nuanxin_bot", lambda: self.now)
        self.rider = self.world.add(Person(RIDER, "A", started=True))
        self.other = self.world.add(Person(OTHER, "B"))
        self.world.add_group(GROUP, "Riders", [RIDER, OTHER])
        self.world.allowed = {"message", "edited_message", "message_reaction", "inline_query", "callback_query"}
        self.events: list[Json] = []
        self.world.listeners.add(lambda chat_id, event: self.events.append({**event, "chat": chat_id}))

    def call(self, method: str, **params: Any) -> Any:
        result = METHODS[method](self.world, Params(params))
        check_call(method, params, result)
        return result

    def says(self, chat_id: int = RIDER, **more: Any) -> int:
        return int(self.call("sendMessage", **{"chat_id": chat_id, "text": "hello", **more})["message_id"])

    def refuses(self, method: str, **params: Any) -> str:
        with pytest.raises(Refusal) as refusal:
            METHODS[method](self.world, Params(params))
        return refusal.value.description

    def handed_over(self) -> list[Json]:
        """What the bot is given, each once."""
        waiting, self.world.waiting = self.world.waiting, []
        for update in waiting:
            check_update(update)
        return waiting

    @property
    def chat(self) -> Chat:
        return self.world.chats[RIDER]


@pytest.fixture
def town() -> Town:
    return Town()


def react(town: Town, message_id: int, *emoji: str, chat_id: int = RIDER) -> Json:
    return {
        "chat_id": chat_id,
        "message_id": message_id,
        "reaction": [{"type": "emoji", "emoji": one} for one in emoji],
    }


async def test_the_bot_reacts_with_one_emoji_of_telegrams_own(town: Town) -> None:
    said = (await town.world.sends(town.rider, written("here")))["message_id"]
    assert town.call("setMessageReaction", **react(town, said, "👌")) is True
    assert town.events[-1]["reactions"] == {str(town.world.bot["id"]): "👌"}
    assert town.call("setMessageReaction", **react(town, said)) is True
    assert town.events[-1]["reactions"] == {}
    for wrong, words in ((("🛵",), "REACTION_INVALID"), (("👌", "👍"), "REACTIONS_TOO_MANY")):
        assert words in town.refuses("setMessageReaction", **react(town, said, *wrong))
    assert "message to react not found" in town.refuses("setMessageReaction", **react(town, 99, "👌"))


async def test_the_bot_hears_of_reactions_if_it_asks_and_in_groups_as_an_admin(town: Town) -> None:
    private, public = town.says(), town.says(GROUP)
    await signs.reacts(town.world, town.rider, private, "👍")
    await signs.reacts(town.world, town.rider, private, "👍")
    await signs.reacts(town.world, town.rider, public, "👍", town.world.chats[GROUP])
    (update,) = town.handed_over()
    assert update["message_reaction"]["new_reaction"] == [{"type": "emoji", "emoji": "👍"}]
    town.world.chats[GROUP].has_bot_as_admin = True
    await signs.reacts(town.world, town.rider, public, "", town.world.chats[GROUP])
    (update,) = town.handed_over()
    assert (update["message_reaction"]["old_reaction"], update["message_reaction"]["new_reaction"]) != ([], [])
    town.world.allowed = None
    await signs.reacts(town.world, town.rider, private, "🔥")
    assert town.handed_over() == []


def test_pins_leave_a_notice_and_need_rights_in_a_group(town: Town) -> None:
    first, second, public = town.says(), town.says(), town.says(GROUP)
    for one in (first, second, second):
        town.call("pinChatMessage", chat_id=RIDER, message_id=one)
    assert town.chat.pinned == [first, second]
    notices = [one for one in town.chat.messages.values() if "pinned_message" in one]
    assert [one["pinned_message"]["message_id"] for one in notices] == [first, second]
    town.call("unpinChatMessage", chat_id=RIDER)
    town.call("deleteMessage", chat_id=RIDER, message_id=first)
    assert town.chat.pinned == []
    assert "message to unpin not found" in town.refuses("unpinChatMessage", chat_id=RIDER)
    assert "not enough rights" in town.refuses("pinChatMessage", chat_id=GROUP, message_id=public)


def test_only_what_a_bot_can_be_doing_is_shown(town: Town) -> None:
    town.call("sendChatAction", chat_id=RIDER, action="upload_photo")
    assert town.events[-1]["action"] == "upload_photo"
    assert "wrong parameter action" in town.refuses("sendChatAction", chat_id=RIDER, action="dancing")


def keys(*row: Json) -> Json:
    return {"keyboard": [list(row)]}


@pytest.mark.parametrize(
    ("chat_id", "markup", "said"),
    [
        (RIDER, {"inline_keyboard": [[{"text": "x", "copy_text": {"text": "y" * 257}}]]}, "BUTTON_COPY_TEXT_INVALID"),
        (RIDER, keys({"text": "x", "request_users": {}}), '"request_id"'),
        (RIDER, keys({"text": "x", "request_users": {"request_id": 1, "max_quantity": 11}}), "MAX_QUANTITY"),
        (GROUP, keys({"text": "x", "request_users": {"request_id": 1}}), "users can be requested in private chats"),
        (GROUP, keys({"text": "x", "request_location": True}), "location can be requested in private chats"),
        (RIDER, {"force_reply": True, "input_field_placeholder": "y" * 65}, "placeholder is too long"),
    ],
)
def test_keys_that_telegram_refuses(town: Town, chat_id: int, markup: Json, said: str) -> None:
    assert said in town.refuses("sendMessage", chat_id=chat_id, text="x", reply_markup=markup)


async def test_people_are_picked_as_many_as_were_asked_for(town: Town) -> None:
    request = {"request_id": 7, "max_quantity": 1, "request_name": True}
    town.says(reply_markup=keys({"text": "Pick", "request_users": request}, {"text": "Copy"}))
    await sharing.shares_users(town.world, town.rider, 7, [OTHER])
    (update,) = town.handed_over()
    assert update["message"]["users_shared"] == {
        "request_id": 7,
        "users": [{"user_id": OTHER, "first_name": "B"}],
    }
    for request_id, chosen in ((7, [OTHER, RIDER]), (7, []), (8, [OTHER])):
        with pytest.raises(Refusal):
            await sharing.shares_users(town.world, town.rider, request_id, chosen)


async def test_what_is_protected_is_not_passed_on(town: Town) -> None:
    open_one, closed = town.says(), town.says(protect_content=True)
    for method, word in (("copyMessage", "copied"), ("forwardMessage", "forwarded")):
        place = {"chat_id": RIDER, "from_chat_id": RIDER}
        assert f"can't be {word}" in town.refuses(method, **place, message_id=closed)
        assert town.call(method, **place, message_id=open_one)
    with pytest.raises(Refusal):
        await sharing.forwards(town.world, town.rider, closed, town.chat, town.chat)
    passed_on = await sharing.forwards(town.world, town.rider, open_one, town.chat, town.chat)
    assert passed_on["forward_origin"]["sender_user"]["id"] == town.world.bot["id"]
    (update,) = town.handed_over()
    assert update["message"]["from"]["id"] == RIDER


async def test_answers_quote_what_was_said(town: Town) -> None:
    said = await town.world.sends(town.rider, written("👍 the whole story"))
    parameters = {"message_id": said["message_id"], "quote": "whole"}
    town.says(reply_parameters=parameters)
    assert town.events[-1]["message"]["quote"] == {"text": "whole", "position": 7, "is_manual": True}
    refused = town.refuses("sendMessage", chat_id=RIDER, text="x", reply_parameters={**parameters, "quote": "half"})
    assert "QUOTE_TEXT_INVALID" in refused


async def test_the_bot_deletes_what_it_may(town: Town) -> None:
    theirs = (await town.world.sends(town.rider, written("my ID number")))["message_id"]
    in_group = (await town.world.sends(town.rider, written("hello"), town.world.chats[GROUP]))["message_id"]
    own = town.says()
    assert town.call("deleteMessage", chat_id=RIDER, message_id=theirs) is True
    assert "can't be deleted" in town.refuses("deleteMessage", chat_id=GROUP, message_id=in_group)
    town.now += 48 * 3_600 + 1
    assert "can't be deleted" in town.refuses("deleteMessage", chat_id=RIDER, message_id=own)
    assert town.call("deleteMessages", chat_id=RIDER, message_ids=[own, 99]) is True
    assert own in town.chat.messages


@pytest.mark.parametrize(
    ("text", "more", "is_heard"),
    [
        ("good morning", {}, False),
        ("/station", {}, True),
        ("/station@nuanxin_bot", {}, True),
        ("/station@another_bot", {}, False),
        ("👍 @nuanxin_bot where?", {}, True),
        ("ask @another_bot", {}, False),
        ("yes", {"reply_to_message": {"message_id": 1, "from": {"id": 1_000_000_042}}}, True),
        ("yes", {"reply_to_message": {"message_id": 1, "from": {"id": OTHER}}}, False),
    ],
)
async def test_in_a_group_the_bot_hears_only_what_is_meant_for_it(
    town: Town, text: str, more: Json, is_heard: bool
) -> None:
    group = town.world.chats[GROUP]
    await town.world.sends(town.rider, {**written(text), **more}, group)
    assert bool(town.world.waiting) is is_heard
    town.world.waiting = []
    group.has_bot_as_admin = True
    await town.world.sends(town.rider, {**written(text), **more}, group)
    assert town.world.waiting, "an admin hears everything"


ARTICLE = {
    "type": "article",
    "id": "s1",
    "title": "Hall",
    "input_message_content": {"message_text": "<b>Hall</b>", "parse_mode": "HTML"},
}


async def test_a_result_of_inline_mode_is_sent_by_whoever_chose_it(town: Town) -> None:
    query = await town.world.asks_inline(town.rider, "hall", town.world.chats[GROUP])
    town.call("answerInlineQuery", inline_query_id=query, results=[ARTICLE])
    assert [one["title"] for one in town.events[-1]["results"]] == ["Hall"]
    with pytest.raises(Refusal):
        await inline.chooses(town.world, town.other, query, "s1", town.world.chats[GROUP])
    sent = await inline.chooses(town.world, town.rider, query, "s1", town.world.chats[GROUP])
    assert (sent["text"], sent["entities"][0]["type"]) == ("Hall", "bold")
    assert (sent["from"]["id"], sent["via_bot"]["id"]) == (RIDER, town.world.bot["id"])
    assert [next(iter(set(one) - {"update_id"})) for one in town.handed_over()] == ["inline_query", "message"]
