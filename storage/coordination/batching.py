"""Group commit: what arrives while the database is busy is done together in its next turn."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class Batcher(Generic[Item, Result]):
    """Calls `run` with all items that came in since its last call, and hands each caller its own result.

    Nobody waits for company: an item that comes alone is done at once, alone. At 256 chats in flight a turn
    carries dozens, and a transaction's price is shared by them.
    """

    def __init__(
        self,
        run: Callable[[Sequence[Item]], Awaitable[Sequence[Result | Exception]]],
        limit: int = 500,
        side_by_side: int = 1,
        rest: float = 0.0,
    ) -> None:
        """`limit` items are done together at most; so many calls run `side_by_side` while there is that much to do.
        Between a call and the next are `rest` seconds: for items that come one by one without an end.
        Where the result of an item is an exception, it is raised to whoever brought that item; what `run` itself
        raises concerns them all."""
        self._run = run
        self._limit = limit
        self._side_by_side = side_by_side
        self._rest = rest
        self._waiting: list[tuple[Item, asyncio.Future[Result]]] = []
        self._turns: set[asyncio.Task[None] | None] = set()

    async def __call__(self, item: Item) -> Result:
        done: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, done))
        if len(self._turns) < self._side_by_side:
            self._turns.add(asyncio.create_task(self._take_turns()))
        return await done

    async def _take_turns(self) -> None:
        try:
            while self._waiting:
                group, self._waiting = self._waiting[: self._limit], self._waiting[self._limit :]
                await self._take(group)
                if self._rest:
                    await asyncio.sleep(self._rest)
        finally:
            self._turns.discard(asyncio.current_task())

    async def _take(self, group: list[tuple[Item, asyncio.Future[Result]]]) -> None:
        try:
            results = await self._run([item for item, _ in group])
        except Exception as error:
            for _, done in group:
                if not done.done():
                    done.set_exception(error)
            return
        for (_, done), result in zip(group, results, strict=True):
            if done.done():
                continue
            if isinstance(result, Exception):
                done.set_exception(result)
            else:
                done.set_result(result)
