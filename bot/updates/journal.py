"""What is in hand, written down so that it outlives the process: who starts next knows what may have ended it.

Each process maps a file of its own in the data folder into memory. Noting an update copies some bytes, and no system
call: the kernel keeps them when the process dies. (Not when the machine does, but then no update was at fault.) A lock
on the file tells the file of a living process from that of a dead one.
"""

from __future__ import annotations

import contextlib
import mmap
import secrets
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from filelock import lock_descriptor

from bot.observability.logs import logger
from storage.updates.ids import UpdateKey
from storage.updates.strikes import Crash, Suspect

log = logger("bot.updates.journal")

FOLDER = "in-hand"
SLOTS = 1_024
_SLOT = struct.Struct("<q20s60s")
_BLAMED = struct.Struct("<q20s60s120s")
_HANDLER = slice(28, 88)
_SIZE = _BLAMED.size + SLOTS * _SLOT.size
_ENDING = ".journal"


class Journal:
    """The slots of this process; until `open`, and where no file can be made, in memory only."""

    def __init__(self) -> None:
        self._memory: bytearray | mmap.mmap = bytearray(_SIZE)
        self._free = list(range(SLOTS))
        self._file: IO[bytes] | None = None
        self._path: Path | None = None

    def open(self, folder: Path) -> None:
        """Makes the file. It has its lock before it has its name, so nobody takes it for a dead one's."""
        name = secrets.token_hex(12)
        path = folder / FOLDER / f"{name}{_ENDING}"
        beside = path.with_suffix(".new")
        with contextlib.ExitStack() as opened:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                file = opened.enter_context(beside.open("w+b"))
                lock_descriptor(file.fileno(), blocking=False)
                file.write(bytes(_SIZE))  # now, since a disk that is full later would end the process
                file.flush()
                self._memory = mmap.mmap(file.fileno(), _SIZE)
                beside.rename(path)
            except (OSError, ValueError) as error:
                log.warning(
                    "can't record the updates in hand; one that ends the process may come back forever",
                    error=type(error).__name__,
                )
                return
            opened.pop_all()
        self._file, self._path = file, path

    def take(self, key: UpdateKey, kind: str) -> int:
        """Notes an update; gives its slot (-1: there is none left)."""
        if not self._free:
            return -1
        slot = self._free.pop()
        _SLOT.pack_into(self._memory, _BLAMED.size + slot * _SLOT.size, key, kind.encode(), b"")
        return slot

    def name(self, slot: int, handler: str) -> None:
        """Notes which handler has it."""
        if slot >= 0:
            start = _BLAMED.size + slot * _SLOT.size
            self._memory[start + _HANDLER.start : start + _HANDLER.stop] = handler.encode()[:60].ljust(60, b"\0")

    def give_back(self, slot: int) -> None:
        """It is done."""
        if slot >= 0:
            start = _BLAMED.size + slot * _SLOT.size
            self._memory[start : start + 8] = bytes(8)
            self._free.append(slot)

    def blame(self, one: Suspect) -> None:
        """Notes who ends the process, which is about to end."""
        _BLAMED.pack_into(self._memory, 0, one.key, one.kind.encode(), one.handler.encode(), one.place.encode())

    def close(self) -> None:
        """At an end in order: nothing is left behind."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)
        if isinstance(self._memory, mmap.mmap):
            self._memory.close()
            self._memory = bytearray(_SIZE)
        if self._file is not None:
            self._file.close()
        self._file = self._path = None


@contextlib.contextmanager
def left_behind(folder: Path) -> Iterator[list[Crash]]:
    """What dead processes had in hand, which is forgotten at the end. Of two that start together one reads it."""
    with contextlib.ExitStack() as files:
        found: list[tuple[Path, Crash]] = []
        for path in sorted((folder / FOLDER).glob(f"*{_ENDING}")):
            with contextlib.suppress(OSError):
                file = files.enter_context(path.open("r+b"))
                # Who had it before has unlinked it when it let the lock go.
                if lock_descriptor(file.fileno(), blocking=False) and path.exists():
                    found.append((path, _crash(path.stem, file.read(_SIZE))))
        yield [crash for _, crash in found]
        for path, _ in found:
            path.unlink(missing_ok=True)


def _crash(name: str, content: bytes) -> Crash:
    if len(content) < _SIZE:
        return Crash(name, (), is_certain=False)
    key, kind, handler, place = _BLAMED.unpack_from(content)
    if key:
        return Crash(name, (Suspect(key, _text(kind), _text(handler), _text(place)),), is_certain=True)
    slots = _SLOT.iter_unpack(content[_BLAMED.size :])
    suspects = tuple(Suspect(key, _text(kind), _text(handler)) for key, kind, handler in slots if key)
    return Crash(name, suspects, is_certain=len(suspects) == 1)


def _text(raw: bytes) -> str:
    return raw.rstrip(b"\0").decode("utf-8", "replace")
