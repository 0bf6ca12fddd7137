"""The program with two poisoned words: `python -m tests.poison run`. Whoever says one of them ends it, or hangs it."""

from __future__ import annotations

import os
import signal
import time

from bot.commands.cli import cli
from bot.observability import watchdog
from handlers.chat.routes import Call
from handlers.chat.talk import Talk

DIE, HANG, PAUSE = "poison that kills", "poison that hangs", "poison that holds"


def lick_for_ever() -> None:
    while True:
        pass


async def run(self: Call, talk: Talk) -> None:
    if talk.text == DIE:
        os.kill(os.getpid(), signal.SIGKILL)
    if talk.text == HANG:
        lick_for_ever()
    if talk.text == PAUSE:
        time.sleep(1.0)  # noqa: ASYNC251 (that is the poison)
    await _run(self, talk)


if __name__ == "__main__":
    _run, Call.run = Call.run, run  # type: ignore[method-assign]
    watchdog.LOOKED_EVERY, watchdog.HELD_AFTER, watchdog.STUCK_AFTER = 0.1, 0.5, 1.5
    cli()
