"""What the bot writes is read by nobody else on the machine, whatever the umask was, and whatever lay there before."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest

from bot import private_files
from bot.config.config import load
from tests.support.processes import (
    CSV,
    Started,
    bot_settings,
    bot_with_umask,
    ends_within_10_s,
    logged,
    until_ready,
    waits,
)
from tests.support.simulator import telegram

pytestmark = waits


async def widely(folder: Path, *arguments: str, **settings: str) -> Started:
    """The real program, begun with a umask that lets everybody read and write."""
    file = str(folder / "data" / "nuanxin.log")
    return await bot_with_umask(0, folder, *arguments, **settings, NUANXIN_LOGGING__FILE=file)


def wide_ones(folder: Path) -> list[str]:
    """What others may read, write or enter, of a folder and all below it."""
    everything = [folder, *folder.rglob("*")]
    return [f"{one} {one.stat().st_mode:o}" for one in everything if stat.S_IMODE(one.stat().st_mode) & 0o077]


async def test_everything_below_the_data_folder_is_private(tmp_path: Path) -> None:
    """A first run as an older version left it: then all is narrowed, once, while the bot and its commands write."""
    data = tmp_path / "data"
    (tmp_path / "stations.csv").write_text(CSV)
    assert await (await widely(tmp_path, "stations", "import", str(tmp_path / "stations.csv"))).wait() == 0
    assert wide_ones(data) == []
    (data / "backups").mkdir(mode=0o755)
    for name in ("nuanxin.db-wal", "nuanxin.log.2026-11-01", "backups/nuanxin-20261101T000000Z.backup"):
        (data / name).touch()
    others = tmp_path / "others"
    others.write_text("not the bot's")
    others.chmod(0o644)
    (data / "nuanxin.log.link").symlink_to(others)
    for path in (data, *data.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() else 0o644)
    async with telegram() as (_, api):
        await narrows_what_is_there(tmp_path, data, bot_settings(api, ""))
    assert wide_ones(data) == []
    assert (tmp_path / "log").read_text().count("removed other accounts' access to files") == 1
    assert stat.S_IMODE(others.stat().st_mode) == 0o644


async def narrows_what_is_there(folder: Path, data: Path, settings: dict[str, str]) -> None:
    running = await widely(folder, "run", **settings)
    address = await logged(folder / "log", r"listening.*(http://[\d.:]+)")
    async with aiohttp.ClientSession() as session:
        await until_ready(session, address)
    (data / "nuanxin.log.link").unlink()
    assert list((data / "in-hand").glob("*.journal")) and wide_ones(data) == []
    assert await (await widely(folder, "backup", str(data / "mine.backup"))).wait() == 0
    assert await (await widely(folder, "stations", "export", str(data / "stations.csv"))).wait() == 0
    assert (data / "stations.csv").stat().st_size and wide_ones(data) == []
    await ends_within_10_s(running)


async def test_check_changes_no_mode(tmp_path: Path) -> None:
    assert await (await widely(tmp_path, "migrate")).wait() == 0
    (tmp_path / "data").chmod(0o755)
    assert await (await widely(tmp_path, "check")).wait() == 0
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o755


def test_what_is_not_the_bots_alone_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data folder that holds the program or the config's own place; a backup folder elsewhere; other files."""
    for name in ("nuanxin.db", "encryption.key", "notes.txt"):
        (tmp_path / name).touch(0o644)
    monkeypatch.setenv("NUANXIN_DATA__FOLDER", str(tmp_path))
    monkeypatch.setenv("NUANXIN_BACKUP__FOLDER", str(tmp_path / ".." / "elsewhere"))
    monkeypatch.chdir(tmp_path)
    tmp_path.chmod(0o755)
    private_files.narrow(load(tmp_path / "none.toml"))
    modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in (tmp_path, *tmp_path.iterdir())}
    assert modes == {tmp_path.name: 0o755, "nuanxin.db": 0o600, "encryption.key": 0o600, "notes.txt": 0o644}


def test_what_cannot_be_narrowed_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    (tmp_path / "data").mkdir(mode=0o755)
    (tmp_path / "data" / "nuanxin.db").touch(0o644)
    monkeypatch.setattr(Path, "chmod", refuse)
    private_files.narrow(load(tmp_path / "none.toml"))


def test_on_windows_the_program_can_be_imported() -> None:
    """Without what only POSIX has; libraries come first, since they choose for themselves."""
    code = (
        "import os, sys, types; import asyncio, uuid, tempfile, subprocess, mmap, logging.handlers, aiohttp; "
        "import structlog, sqlalchemy.ext.asyncio, aiosqlite, cryptography, orjson, filelock; "
        "sys.modules['fcntl'] = None; del os.EX_SOFTWARE; sys.modules['msvcrt'] = types.ModuleType('msvcrt'); "
        "sys.platform = 'win32'; import bot.private_files, storage.coordination.leader_lock; "
        "import bot.updates.journal, bot.observability.watchdog"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ}, check=False)
    assert done.returncode == 0, done.stderr
