"""Programs that are measured beside each other, at low load and then at full, without a new start in between: a start
and the warm-up of the clock's jobs take a minute, a measurement some seconds."""

from __future__ import annotations

import contextlib
from asyncio.subprocess import Process
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from benchmarks.support.cost import FULL, LOW, Load, per_unit
from benchmarks.support.rounds import ALONE, medians, side_by_side
from benchmarks.support.telegram_stub import Stub, Switchboard

Crowd: TypeAlias = Callable[[Load], Stub]
"""People who write to a program, other ones each time."""
Costs: TypeAlias = Mapping[tuple[str, Load], float]
"""CPU milliseconds a unit, by the name of the contestant and the load."""


@dataclass(frozen=True)
class Contestant:
    """`start` starts the program whose Telegram is at an address; `crowd` writes to it."""

    start: Callable[[str], AbstractAsyncContextManager[Process]]
    crowd: Crowd


async def costs(contestants: Mapping[str, Contestant]) -> Costs:
    """What a unit costs each: at low load side by side, at full load in turn. The low one comes first: what a full one
    leaves to the clock keeps it busy for minutes."""
    async with contextlib.AsyncExitStack() as stack:
        measured = {}
        for name, contestant in contestants.items():
            board = Switchboard()
            url = await stack.enter_async_context(board.listening())
            process = await stack.enter_async_context(contestant.start(url))
            measured[name] = partial(_cost, board, process, contestant.crowd)
        found: dict[tuple[str, Load], float] = {}
        for load, compare, turn in ((LOW, side_by_side, contextlib.nullcontext()), (FULL, medians, ALONE)):
            async with turn:
                figures = await compare({f"{name}, {load.name}": partial(of, load) for name, of in measured.items()})
            found |= {(name, load): figures[f"{name}, {load.name}"] for name in contestants}
        return found


async def _cost(board: Switchboard, process: Process, crowd: Crowd, load: Load) -> float:
    people = crowd(load)
    async with board.connected(people):
        return await per_unit(people, process, load)
