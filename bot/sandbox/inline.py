"""Inline mode: results that the bot offers while somebody types its name, and the one they send."""

from __future__ import annotations

from bot.sandbox.markup import inline_keyboard
from bot.sandbox.params import Json, Params, bad
from bot.sandbox.people import Chat, Person
from bot.sandbox.sending import place_of, text_content, venue_content
from bot.sandbox.world import World

MOST_RESULTS = 50


def answer_inline_query(world: World, params: Params) -> bool:
    """https://core.telegram.org/bots/api#answerinlinequery; of the kinds of results, the sandbox knows articles."""
    query = world.queries.get(params.text("inline_query_id"))
    results = params.parsed("results")
    if query is None or query.answered:
        raise bad("query is too old and response timeout expired or query ID is invalid")
    if not isinstance(results, list) or len(results) > MOST_RESULTS:
        raise bad("RESULTS_TOO_MUCH")
    for one in results:
        if one.get("type") != "article" or not one.get("title") or not one.get("input_message_content"):
            raise bad("can't parse inline query result: the sandbox knows articles")
        if not 1 <= len(str(one.get("id", "")).encode()) <= 64:
            raise bad("RESULT_ID_INVALID")
        _sent(one)
    if len({one["id"] for one in results}) < len(results):
        raise bad("RESULT_ID_DUPLICATE")
    query.answered, query.results = True, {str(one["id"]): one for one in results}
    world.tell(query.person_id, {"type": "inline", "query": params.text("inline_query_id"), "results": results})
    return True


def _sent(result: Json) -> Json:
    """The message that a result becomes.

    Raises:
        Refusal: Telegram would not take it.
    """
    written = Params(result["input_message_content"])
    if "message_text" in written.values:
        content = text_content(Params({**written.values, "text": written.text("message_text")}))
    else:
        content = venue_content(written) if written.has("title") else {"location": place_of(written)}
    keyboard = inline_keyboard(Params(result))
    return {**content, **({"reply_markup": keyboard} if keyboard else {})}


async def chooses(world: World, person: Person, query_id: str, result_id: str, chat: Chat) -> Json:
    """Sends a result into a chat.

    Raises:
        Refusal: it was not offered to this person.
    """
    query = world.queries.get(query_id)
    if query is None or query.person_id != person.id or result_id not in query.results:
        raise bad("RESULT_ID_INVALID")
    sent = await world.sends(person, {**_sent(query.results[result_id]), "via_bot": world.bot}, chat)
    body = {"result_id": result_id, "from": person.user(), "query": query.text}
    await world.hand_over("chosen_inline_result", body)
    return sent
