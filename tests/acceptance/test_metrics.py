"""What /metrics says: every figure is explained in docs/operations.md, and counts what it says."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

import pytest

from storage.database_errors import DatabaseAway
from storage.deliveries import queue as delivery_queue
from storage.deliveries.queue import Addressed
from storage.deliveries.table import Delivery, State
from storage.people.access import Role
from storage.people.notices import RoleTaken
from storage.telegram_ids import PersonId
from tests.support.applications import begins_to_join
from tests.support.metrics import page, value
from tests.support.simulator import NOON, Town
from tests.support.words.cases import AGREE_AT_DESK
from tests.support.words.forms import CONSENT_PAGE
from tests.support.words.membership import ASKED_FOR_PHONE

DOCS = (Path(__file__).parents[2] / "docs" / "operations.md").read_text("utf-8")


async def test_every_figure_is_explained_and_the_queues_are_counted(town: Town) -> None:
    rider = town.rider(7)
    await begins_to_join(rider)
    await rider.says("1")
    await rider.hears_of("as on your ID card")
    await rider.says("李雷")
    await rider.hears_of(ASKED_FOR_PHONE)
    await town.until(town.app.base.leader.leading.is_set)
    async with town.database.writing() as session:
        await delivery_queue.add(session, Addressed(PersonId(8), RoleTaken(Role.ADMIN), NOON.replace(year=2027)))
        waiting = await delivery_queue.add(session, Addressed(PersonId(8), RoleTaken(Role.ADMIN), NOON.replace(hour=3)))
        row = await session.get_one(Delivery, waiting)
        row.state = State.FAILED
    text = await page(town)
    names = set(re.findall(r"^# TYPE (nuanxin_\w+) ", text, re.MULTILINE))
    assert len(names) > 12
    assert {name for name in names if name not in DOCS} == set()
    join = 'nuanxin_form_steps_total{{form="join",outcome="{}",question="{}"}}'
    assert value(text, join.format("not_an_answer", "name")) == value(text, join.format("answered", "name")) == 1
    assert value(text, 'nuanxin_queue_depth{queue="notices"}') == 0, "what is due later does not wait yet"
    assert value(text, 'nuanxin_queue_depth{queue="set_aside"}') == 1
    assert value(text, 'nuanxin_queue_age_seconds{queue="set_aside"}') == 3_600
    assert value(text, 'nuanxin_database_duration_seconds_count{kind="write"}') > 0
    assert value(text, "nuanxin_send_quota") == town.config.telegram.messages_per_second
    assert value(text, 'nuanxin_updates_total{kind="message",outcome="done"}') >= 3


async def test_queues_are_counted_when_somebody_asks_and_not_during_an_outage(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    await town.until(town.app.base.leader.leading.is_set)
    depth = 'nuanxin_queue_depth{queue="set_aside"}'
    assert f"{depth} 0.0" in await page(town)
    async with town.database.writing() as session:
        failed = await delivery_queue.add(session, Addressed(PersonId(8), RoleTaken(Role.ADMIN), NOON))
        (await session.get_one(Delivery, failed)).state = State.FAILED
    assert f"{depth} 0.0" in await page(town), "counted less than 10 s ago"
    town.now += timedelta(seconds=11)
    assert f"{depth} 1.0" in await page(town)

    def away(*, apart: bool = False) -> NoReturn:
        raise DatabaseAway("ConnectionRefusedError")

    town.now += timedelta(seconds=11)
    with monkeypatch.context() as outage:
        outage.setattr(town.database, "reading", away)
        assert depth not in await page(town)
    town.now += timedelta(seconds=11)
    assert f"{depth} 1.0" in await page(town)


async def test_nobody_reads_in_the_figures_who_turned_to_which_desk(town: Town) -> None:
    """Whoever reads them knows when somebody wrote to the bot: all desks are one there, without their questions."""
    rider = town.rider(7)
    for command in ("/legal", "/care"):
        await rider.says(command)
        await rider.hears_of(CONSENT_PAGE)
        await rider.presses(AGREE_AT_DESK)
        await rider.hears_of("?")
        await rider.says("/cancel")
        await rider.hears_of("Cancel")
    text = await page(town)
    steps = re.findall(r"^nuanxin_form_steps_total\{(.+)\} ", text, re.MULTILINE)
    assert {step for step in steps if 'form="desk"' in step} == {
        f'form="desk",outcome="{outcome}",question=""' for outcome in ("begun", "cancelled")
    }
    assert not [desk for desk in town.context.settings.desks if f'"{desk}' in text]
