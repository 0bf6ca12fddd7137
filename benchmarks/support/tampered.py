"""The program with a clock that can be set, and a process that freezes in a transaction: `python -m` this, `run`.

Both are done by signals, from outside of the program, which has no switch for them:

- SIGUSR1 sets the clock an hour ahead, SIGUSR2 an hour back. `App` gets it as it gets any clock, and the scheduler's
  library, which knows no clock but the machine's, gets it by name.
- SIGHUP stops the process with its next INSERT or UPDATE of a sign-up executed and not committed: SIGCONT wakes it.
"""

from __future__ import annotations

import functools
import os
import runpy
import signal
import sys
from datetime import UTC, datetime, timedelta, tzinfo
from types import FrameType

FORWARDS, BACK, FREEZES = signal.SIGUSR1, signal.SIGUSR2, signal.SIGHUP
STEP = timedelta(hours=1)


class SetClock(datetime):
    """The machine's clock, and by how much it was set."""

    ahead = timedelta(0)

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) + cls.ahead

    @classmethod
    def is_set(cls, number: int, _frame: FrameType | None) -> None:
        cls.ahead += STEP if number == FORWARDS else -STEP


def now() -> datetime:
    return SetClock.now(UTC)


class Freezing:
    """Stops the process in the middle of the next transaction in which somebody signs up."""

    def __init__(self) -> None:
        self._is_due = False

    def order(self, _number: int, _frame: FrameType | None) -> None:
        self._is_due = True

    def executed(self, _connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if self._is_due and "sign_ups" in statement and statement.startswith(("INSERT", "UPDATE")):
            self._is_due = False
            os.kill(os.getpid(), signal.SIGSTOP)


def tamper() -> None:
    import apscheduler.schedulers.base
    import apscheduler.triggers.interval
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    import bot.process
    import schedules.scheduler
    from bot.app import App

    for module in (apscheduler.schedulers.base, apscheduler.triggers.interval, schedules.scheduler):
        setattr(module, "datetime", SetClock)  # noqa: B010 (they only import it)
    setattr(bot.process, "App", functools.partial(App, clock=now))  # noqa: B010
    freezing = Freezing()
    event.listen(Engine, "after_cursor_execute", freezing.executed)
    signal.signal(FREEZES, freezing.order)
    for kind in (FORWARDS, BACK):
        signal.signal(kind, SetClock.is_set)


if __name__ == "__main__":
    tamper()
    sys.argv[0] = "bot"
    runpy.run_module("bot", run_name="__main__", alter_sys=True)
