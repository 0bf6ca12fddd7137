"""What a backup that was killed leaves behind: half a file, and a copy of the whole database."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

from filelock import lock_descriptor

from bot.backup.drill import PREFIX as TRYING
from bot.observability.logs import logger

log = logger("bot.backup.leftovers")

_PARTS = ".nuanxin-*.part"
_TRIED_FOR = 6 * 3_600.0
"""Seconds that a drill may take; it holds no lock, since it only reads."""


def sweep(folder: Path) -> None:
    """Removes them, unless a backup is being written there now: its part is locked."""
    try:
        left = [part for part in folder.glob(_PARTS) if part.is_file() and not part.is_symlink()]
        free = [part for part in left if _is_free(part)]
        for part in free:
            part.unlink(missing_ok=True)
        copies = [] if len(free) < len(left) else list(folder.glob(".copying-*"))
        copies += [one for one in folder.glob(f"{TRYING}*") if time.time() - one.stat().st_mtime > _TRIED_FOR]
        for copy in copies:
            shutil.rmtree(copy, ignore_errors=True)
    except OSError as failure:
        log.warning("leftovers of backups can't be removed", error=type(failure).__name__)
        return
    if free or copies:
        log.info("removed leftovers of interrupted backups", files=len(free) + len(copies))


def _is_free(part: Path) -> bool:
    with part.open("rb+") as file:
        return lock_descriptor(file.fileno(), blocking=False)


def hold(descriptor: int) -> None:
    """Marks the part as being written, until it is closed."""
    if os.name == "posix":
        lock_descriptor(descriptor, blocking=False)
