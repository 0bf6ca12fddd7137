"""Where the tests put their folders and databases."""

from __future__ import annotations

import shutil
from pathlib import Path

_SHARED_MEMORY = Path("/dev/shm")
_ROOM = 4 << 30


def in_memory() -> Path | None:
    """A folder in memory, where the machine has one with room: a new database takes a tenth of the time there."""
    has_room = _SHARED_MEMORY.is_dir() and shutil.disk_usage(_SHARED_MEMORY).free > _ROOM
    return _SHARED_MEMORY if has_room else None
