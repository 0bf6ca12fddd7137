"""Files and folders of the bot are its own: no other account of the machine reads them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.config.config import Config

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_BESIDE_DATABASE = ("", "-wal", "-shm", "-journal", ".lead")
_PROGRAM = Path(__file__).resolve().parent.parent


def keep_private() -> None:
    """Before anything is written: what this process makes from now on has no rights for others."""
    os.umask(_OTHERS)


def narrow(config: Config) -> None:
    """Takes the rights of others away from what an older version, a copy or a restored backup brought."""
    from bot.observability.logs import logger

    log = logger("bot.private_files")
    if os.name != "posix":
        return
    narrowed, failed = [], []
    for path in _ours(config):
        try:
            mode = path.stat().st_mode
            if mode & _OTHERS:
                path.chmod(stat.S_IMODE(mode) & ~_OTHERS)
                narrowed.append(str(path))
        except FileNotFoundError:
            continue
        except OSError:
            failed.append(str(path))
    if narrowed:
        log.info("removed other accounts' access to files", files=len(narrowed), first=narrowed[0])
    if failed:
        log.warning(
            "other accounts can read these files, and their mode can't be changed", files=len(failed), first=failed[0]
        )


def _ours(config: Config) -> Iterator[Path]:
    """What the bot makes, and nothing that only lies beside it."""
    folder = config.data.folder
    # A data folder that holds the program itself, or where it was started, is not ours alone.
    if not any(one.is_relative_to(folder) for one in (_PROGRAM, Path.cwd().resolve())):
        yield folder
    yield from (folder / "encryption.key", folder / "encryption.new")
    yield from _with_files(folder / "in-hand", "*")
    yield from _database_files(config.database.url)
    yield from _log_files(config.log_file)
    backups = config.backup.folder
    if backups.is_relative_to(folder):
        yield backups
    for pattern in ("nuanxin-*.backup", ".nuanxin-*.part"):
        yield from _plain_files(backups, pattern)


def _with_files(folder: Path, pattern: str) -> Iterator[Path]:
    yield folder
    yield from _plain_files(folder, pattern)


def _database_files(url: str) -> Iterator[Path]:
    kind, _, name = url.partition(":///")
    if kind.startswith("sqlite") and name and name != ":memory:":
        yield from (Path(f"{name}{ending}") for ending in _BESIDE_DATABASE)


def _log_files(file: Path | None) -> Iterator[Path]:
    if file is not None:
        yield file
        yield from _plain_files(file.parent, f"{file.name}.*")


def _plain_files(folder: Path, pattern: str) -> Iterator[Path]:
    """A link may lead to what is somebody else's."""
    try:
        yield from (path for path in folder.glob(pattern) if path.is_file() and not path.is_symlink())
    except OSError:
        return
