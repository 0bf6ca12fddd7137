"""One process at a time runs the sandbox on its folder: another one would remove it, or have another Telegram there."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from filelock import lock_descriptor

from bot.process import CannotStart
from bot.sandbox.folder import LOCK


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Until the end of the block; the kernel takes the lock back from a process that dies.

    Raises:
        CannotStart: another process runs the sandbox there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("a") as file:
        if not lock_descriptor(file.fileno(), blocking=False):
            raise CannotStart("the sandbox is running already: stop it first, with Ctrl-C where it was started")
        yield
