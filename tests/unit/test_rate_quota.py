"""Several replicas, one limit: at no moment do they together use more, whoever comes, goes, or hears late."""

from __future__ import annotations

import asyncio
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.telegram.pacing import Pacer, Priority
from bot.telegram.rate_quota import RateQuota
from handlers.chat.ports import Process
from storage.coordination import replicas
from tests.support.databases import new_file, opened
from tests.support.simulator import NOON

LIMIT = 30.0
steps = st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["beat", "lead", "die", "busy", "idle"])), max_size=40)


class Fleet:
    """Replicas that beat when the test says so; each beat is a second after the last."""

    def __init__(self, database: Any) -> None:
        self.database, self.now = database, NOON
        self.leader = 0
        self.alive: dict[int, tuple[RateQuota, Pacer]] = {}
        self.born = 0
        self.names: dict[int, str] = {}

    def start(self, number: int) -> None:
        self.born += 1
        self.names[number] = f"r{self.born}"
        pacer = Pacer(LIMIT, lambda: 0.0)
        process = Process(self.names[number], "1", NOON, None)
        shares = RateQuota(
            self.database, pacer, lambda: self.leader == number, lambda: self.now, lambda: process, LIMIT, together=True
        )
        self.alive[number] = (shares, pacer)

    def _leads(self, number: int) -> bool:
        return self.leader == number

    @property
    def used(self) -> float:
        return sum(pacer.share for _, pacer in self.alive.values())


@settings(max_examples=20)
@given(steps)
def test_together_they_never_use_more_than_the_limit(todo: list[tuple[int, str]]) -> None:
    asyncio.run(_play(todo))


async def _play(todo: list[tuple[int, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = opened(new_file(Path(folder) / "x.db"))
        fleet = Fleet(database)
        for number, what in todo:
            if number not in fleet.alive:
                fleet.start(number)
            if what == "lead":
                fleet.leader = number
            elif what == "die":
                del fleet.alive[number]
                continue
            elif what in ("busy", "idle"):
                fleet.alive[number][1].let_go += 50 if what == "busy" else 0
            fleet.now += timedelta(seconds=1)
            for stale in [one for one in fleet.alive if fleet.now - NOON > timedelta(seconds=1) and one != number]:
                # Who has not beaten for SILENT_AFTER is silent, as `keep` makes it; here all others beat in time.
                await fleet.alive[stale][0].heartbeat()
            await fleet.alive[number][0].heartbeat()
            assert fleet.used <= LIMIT + 1e-6
        await database.close()


def test_the_busy_one_gets_nearly_all_and_the_idle_ones_a_little() -> None:
    found = replicas.shares([100.0, 0.0, 0.0], LIMIT)
    assert sum(found) == LIMIT and found[0] == 28.0 and found[1] == 1.0
    assert replicas.shares([0.0, 0.0], LIMIT) == [15.0, 15.0] and replicas.shares([], LIMIT) == []


@pytest.mark.parametrize("count", [2, 3])
async def test_one_that_was_started_anew_has_its_share_after_two_beats(tmp_path: Path, count: int) -> None:
    """And is ready then, whatever the others do."""
    database = opened(new_file(tmp_path / "x.db"))
    fleet = Fleet(database)

    async def beats(*numbers: int) -> None:
        fleet.now += timedelta(seconds=1)
        for number in numbers:
            await fleet.alive[number][0].heartbeat()

    everybody = range(count)
    for number in everybody:
        fleet.start(number)
    for _ in range(5):
        await beats(*everybody)
    fleet.start(count - 1)  # under a new name; nobody has signed the old one off
    await beats(count - 1, *range(count - 1))
    await beats(count - 1)
    assert fleet.alive[count - 1][1].share >= replicas.RESERVE
    for _ in range(replicas.LIVES_FOR // timedelta(seconds=1) + 3):
        await beats(*everybody)
    assert fleet.alive[count - 1][1].share > LIMIT / count / 2
    assert fleet.used <= LIMIT + 1e-6
    await database.close()


async def test_without_a_share_nothing_leaves_and_with_one_what_waits_does() -> None:
    pacer = Pacer(1_000.0)
    pacer.change(0.0)
    waiting = asyncio.create_task(pacer.slot(Priority.REPLY))
    await asyncio.sleep(0.02)
    assert not waiting.done() and pacer.waiting == 1
    pacer.change(500.0)
    async with asyncio.timeout(1):
        await waiting
    assert pacer.let_go == 1
