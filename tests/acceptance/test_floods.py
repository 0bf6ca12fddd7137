"""Who writes too much, or with many accounts, holds up nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.telegram.pacing import NEWCOMERS, Priority
from bot.updates.reply_outbox import Replied
from handlers.chat.incoming import Incoming
from storage.database import Database
from storage.people import people
from storage.telegram_ids import PersonId
from storage.updates.ids import UpdateKey
from tests.support.config import configured
from tests.support.metrics import value
from tests.support.simulator import NOON, Town, running, telegram

STRANGERS = 150


@pytest.fixture
async def limited(database: Database, tmp_path: Path) -> AsyncIterator[Town]:
    """A town with the limits of the default, where somebody wrote yesterday."""
    async with database.writing() as session:
        await people.seen_all(session, {PersonId(7): "en"}, NOON - timedelta(days=1))
    async with telegram() as (api, address):
        config = configured(tmp_path, address, messages_per_second=30)
        town = Town(database, api, config.model_copy(update={"limits": type(config.limits)()}))
        async with running(town.app):
            yield town


def lookups(town: Town) -> float:
    page = town.app.base.metrics.page().decode()
    return value(page, 'nuanxin_database_duration_seconds_count{kind="read"}')


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_strangers_hold_up_nobody_who_is_known(limited: Town) -> None:
    rider = limited.rider(7)
    strangers = [limited.rider(person_id) for person_id in range(1_000, 1_000 + STRANGERS)]
    for stranger in strangers:
        await stranger.says("hello")
    await rider.says("/help")
    await rider.hears()
    assert sum(bool(stranger.heard) for stranger in strangers) < STRANGERS, "some still wait, and the rider does not"
    for stranger in strangers:
        await stranger.hears()
    assert all(len(stranger.heard) == 1 for stranger in strangers)


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_strangers_hold_up_nobody_in_danger(limited: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even somebody who writes for the first time: their answer goes before all."""
    outbox, turns = limited.app.updates.outbox, dict[str, Priority]()
    send = outbox.send

    async def noted(incoming: Incoming, key: UpdateKey, replied: Replied, turn: Priority = Priority.REPLY) -> None:
        turns[incoming.text] = turn
        await send(incoming, key, replied, turn)

    monkeypatch.setattr(outbox, "send", noted)
    for number, words in ((50_000, "hello"), (50_001, "I want to die")):
        newcomer = limited.rider(number)
        await newcomer.says(words)
        await newcomer.hears()
    known = limited.rider(7)
    await known.says("good morning")
    await known.hears()
    assert turns == {"hello": NEWCOMERS, "I want to die": Priority.URGENT, "good morning": Priority.REPLY}


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_what_is_dropped_is_not_looked_up(limited: Town) -> None:
    """But for words of danger, which are heard however much somebody writes."""
    flooder = limited.rider(7)
    for _ in range(limited.config.limits.burst + 1):
        await flooder.says("spam")
    await limited.until_idle()
    before = lookups(limited)
    for _ in range(300):
        await flooder.says("spam")
    await limited.until_idle()
    assert lookups(limited) - before < 50, "others of the bot's own read meanwhile"
    await flooder.says("I want to die")
    await flooder.hears_of("call at once")
