"""What goes on beside the chats: how often, who runs it, what a failure does, and how it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from telegram import error

from bot.background.periodic_task import PeriodicTask
from bot.background.task_runner import TaskRunner
from bot.backoff import Backoff
from bot.observability.error_reporter import ErrorReporter
from storage.coordination.looks import Looks
from storage.engine.write_detection import WrittenTables

NEVER = float("inf")


class Reported(ErrorReporter):
    """Keeps what is reported, without a database."""

    def __init__(self) -> None:
        self.what: list[str] = []

    async def report(self, what: str, _error: BaseException) -> str:
        self.what.append(what)
        return ""


class Stage:
    """A runner whose process leads if the test says so, and a task that counts its runs."""

    def __init__(self, *, leads: bool = True) -> None:
        self.leads = leads
        self.errors = Reported()
        self.written = WrittenTables()
        looks = Looks(self.written, lambda: 0.0, alone=True)
        self.runner = TaskRunner(self.errors, lambda: self.leads, lambda: 0.0, looks)
        self.runs = 0

    async def run(self) -> None:
        self.runs += 1

    def failing(self, *failures: Exception) -> Callable[[], Coroutine[Any, Any, None]]:
        """Fails so often, then succeeds."""
        left = list(failures)

        async def run() -> None:
            self.runs += 1
            if left:
                raise left.pop(0)

        return run

    async def until(self, runs: int) -> None:
        async with asyncio.timeout(5):
            while self.runs < runs:  # noqa: ASYNC110 (the runner has no event for it)
                await asyncio.sleep(0)


def test_pauses_double_up_to_the_longest_and_begin_again() -> None:
    backoff = Backoff(1.0, 5.0)
    assert [backoff.next() for _ in range(4)] == [1.0, 2.0, 4.0, 5.0]
    backoff.reset()
    assert backoff.next() == 1.0


async def test_a_task_runs_at_once_and_when_it_is_woken() -> None:
    stage, wake = Stage(), asyncio.Event()
    stage.runner.repeat(PeriodicTask("count", NEVER, stage.run, wake=wake))
    await stage.until(1)
    wake.set()
    await stage.until(2)
    await stage.runner.close()
    assert stage.runs == 2


async def test_a_task_that_waits_for_a_moment_is_not_left_out() -> None:
    """Nothing is written to its tables meanwhile."""
    stage = Stage()

    async def run() -> bool:
        stage.runs += 1
        return stage.runs < 3

    stage.runner.repeat(PeriodicTask("count", 0.0, run, tables=frozenset({"cases"})))
    await stage.until(3)
    await asyncio.sleep(0.01)
    await stage.runner.close()
    assert stage.runs == 3


async def test_a_task_runs_as_soon_as_something_is_written_to_its_tables() -> None:
    stage = Stage()
    stage.runner.repeat(PeriodicTask("count", NEVER, stage.run, tables=frozenset({"cases"})))
    await stage.until(1)
    stage.written.note(["people"])
    stage.written.note(["cases"], wakes=False)
    await asyncio.sleep(0.01)
    assert stage.runs == 1
    stage.written.note(["people", "cases"])
    await stage.until(2)
    stage.written.note(["*"])
    await stage.until(3)
    await stage.runner.close()


async def test_only_the_leader_runs_what_is_the_leaders() -> None:
    stage = Stage(leads=False)
    stage.runner.repeat(PeriodicTask("count", 0.0, stage.run, leader_only=True))
    await asyncio.sleep(0.01)
    assert stage.runs == 0
    stage.leads = True
    await stage.until(1)
    await stage.runner.close()


async def test_an_error_is_reported_and_the_task_goes_on() -> None:
    stage = Stage()
    stage.runner.repeat(PeriodicTask("count", 0.0, stage.failing(ValueError())))
    await stage.until(2)
    await stage.runner.close()
    assert stage.errors.what == ["count failed"]


async def test_what_telegram_refuses_is_no_error_and_waits_longer_each_time() -> None:
    stage, backoff = Stage(), Backoff(0.001, 0.004)
    failing = stage.failing(error.NetworkError("away"), error.NetworkError("away"))
    stage.runner.repeat(PeriodicTask("count", NEVER, failing, backoff=backoff))
    await stage.until(3)
    await stage.runner.close()
    assert stage.errors.what == [] and backoff.next() == 0.001, "it begins again after a success"


async def test_finish_is_awaited_once_even_if_a_run_is_cut_off() -> None:
    stage, finished = Stage(), []

    async def forever() -> None:
        stage.runs += 1
        await asyncio.sleep(3_600)

    async def finish() -> None:
        finished.append(True)

    stage.runner.repeat(PeriodicTask("count", NEVER, forever, finish=finish))
    await stage.until(1)
    await stage.runner.close()
    assert finished == [True]


async def test_work_of_a_handler_that_fails_is_reported() -> None:
    stage = Stage()
    stage.runner.run(stage.failing(KeyError())())
    await stage.until(1)
    await stage.runner.close()
    assert stage.errors.what == ["work beside a chat failed"]
