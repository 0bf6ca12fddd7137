"""Hypothesis machines that play with a database."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

from hypothesis.stateful import RuleBasedStateMachine

from storage.refusals import Refused
from tests.support.databases import new_file, opened

T = TypeVar("T")


class DatabaseMachine(RuleBasedStateMachine):
    """Has an empty SQLite database and an event loop of its own."""

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.new_event_loop()
        self._folder = tempfile.TemporaryDirectory()
        self.database = opened(new_file(Path(self._folder.name) / "machine.db"))

    def teardown(self) -> None:
        self.run(self.database.close())
        self._loop.close()
        self._folder.cleanup()

    def run(self, work: Awaitable[T]) -> T:
        return self._loop.run_until_complete(work)

    def turn(self, work: Callable[[Any], Awaitable[Any]]) -> Any:
        """Does the work in a transaction; returns the refusal if it is refused."""

        async def in_a_transaction() -> Any:
            async with self.database.writing() as session:
                return await work(session)

        try:
            return self.run(in_a_transaction())
        except Refused as refusal:
            return refusal
