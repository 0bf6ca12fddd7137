"""A receipt that somebody types into the chat: it is understood, taken out of the chat, and goes nowhere else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.campaigns.ballots import presses
from handlers.i18n.translations import translator
from storage.campaigns.ballots import publishing
from storage.campaigns.ids import BallotId
from tests.support.activities import at_home
from tests.support.ballots import CLOSES, Trustees, box_of, closed, opened, trustees, votes
from tests.support.disk import plain_tables_of
from tests.support.languages import LANGUAGES
from tests.support.simulator import COORDINATOR, NOON, Rider, Town

VOTERS = range(700, 760)
REMOVED = "I've removed your message from this chat: a receipt shows how you voted."
LISTED = "It is in the published list. Check whether the vote next to it is yours:"


async def published(town: Town, made: Trustees, ballot_id: BallotId) -> None:
    await closed(town.database, ballot_id)
    result = made.open(await box_of(town.database, ballot_id))
    async with town.database.writing() as session:
        await publishing.publish(session, result, COORDINATOR, CLOSES, CLOSES + timedelta(days=30))


async def is_gone(rider: Rider, message_id: int) -> None:
    await rider.until(lambda: message_id not in rider.world.chats[rider.id].messages)


@LANGUAGES
async def test_a_receipt_among_other_words_leads_to_its_place_in_the_list(town: Town, language: str) -> None:
    _ = translator(language)
    made, rider = trustees(), await at_home(town, VOTERS[0], language)
    ballot_id = await opened(town, made.key, VOTERS)
    receipts = [await votes(town.database, ballot_id, person_id, person_id % 3) for person_id in VOTERS]
    await published(town, made, ballot_id)
    mine = f"{receipts[0][:5]} {receipts[0][5:]}"
    for text in (f"receipt {mine.lower()}", f"我的回执 {receipts[0]}，在哪里？", mine):
        sent = await rider.says(text)
        told = await rider.hears_of(_(REMOVED))
        assert _(LISTED) in told["text"] and mine not in told["text"], "the bot does not repeat it"
        await is_gone(rider, sent["message_id"])
        await rider.presses("Do you accept")
        shown = await rider.hears_of(mine)
        assert f"{mine}  {_('No')}" in shown["text"]
        assert shown["text"].count("\n") >= 5, "others stand there, too"
    await town.until_idle()
    kept = [row for rows in (await plain_tables_of(town.database)).values() for row in rows]
    assert not any(one in row for row in kept for one in (receipts[0] + '"', mine, _(LISTED)))


async def test_a_receipt_that_is_in_no_list(town: Town) -> None:
    made, rider = trustees(), await at_home(town, VOTERS[0])
    ballot_id = await opened(town, made.key, VOTERS)
    await votes(town.database, ballot_id, VOTERS[0], 1)
    for person_id in VOTERS[:20]:
        await votes(town.database, ballot_id, person_id, 0)
    sent = await rider.says("my receipt: 7KQ2M 9XTRA")
    told = await rider.hears_of(REMOVED)
    assert "Keep your receipt until the result is published." in told["text"] and "reply_markup" not in told
    await is_gone(rider, sent["message_id"])
    await published(town, made, ballot_id)
    await rider.says("receipt ABCDE FGHIJ")
    told = await rider.hears_of("It is not in a published list. A receipt has no 0, 1, I, L, O or U in it")
    await rider.presses("Do you accept")
    await rider.hears_of("The published votes.")


@pytest.mark.parametrize("text", ["7KQ2M 9XTRA", "makes sense", "the receipt shows wrong items", "receipt please"])
async def test_what_only_looks_like_one_stays_in_the_chat(town: Town, text: str) -> None:
    rider = await at_home(town, VOTERS[0])
    await opened(town, trustees().key, VOTERS)
    sent = await rider.says(text)
    await rider.hears_of("/help")
    assert sent["message_id"] in rider.world.chats[rider.id].messages


async def test_the_close_is_told_late_and_does_not_promise_a_result_that_is_there(town: Town) -> None:
    """Closed and published in one night: in the morning everybody hears number and hash of the box, and the result."""
    made, rider = trustees(), await at_home(town, VOTERS[0])
    ballot_id = await opened(town, made.key, VOTERS)
    for person_id in VOTERS[:6]:
        await votes(town.database, ballot_id, person_id, 0)
    await town.announces()
    await rider.hears_of("The secret ballot is open")
    await closed(town.database, ballot_id)
    result = made.open(await box_of(town.database, ballot_id))
    async with town.database.writing() as session:
        await publishing.publish(session, result, COORDINATOR, NOON, CLOSES)
    town.now = CLOSES
    await town.announces()
    told = await rider.hears_of("The secret ballot is closed")
    assert "Box: 6 ballot papers, SHA-256" in told["text"] and "You'll hear the result" not in told["text"]
    await rider.hears_of("✅ Carried" if len(VOTERS) < 18 else "❌ Not carried")
    await rider.forges(presses.RESULT.data(ballot_id))
    await rider.hears_of("6 of ")
