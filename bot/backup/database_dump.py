"""What a backup holds: the whole database, dumped while the bot runs, and put back into an empty place.

SQLite by its backup API (https://www.sqlite.org/backup.html), in one read transaction, which holds up no writer.
PostgreSQL by its own pg_dump and pg_restore, which must not be older than the server.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from sqlalchemy import URL

CHUNK = 1 << 20


class CannotDump(Exception):
    """The database can't be dumped or put back; the text says why and what helps."""


def dump(url: URL, tools: str, beside: Path) -> Iterator[bytes]:
    """The database in pieces. `tools` is the folder of pg_dump, empty for the PATH; `beside` has room for a copy.

    Raises:
        CannotDump: see the class.
    """
    if url.get_backend_name() == "sqlite":
        return _dump_sqlite(_file(url), beside)
    return _dump_postgresql(url, tools)


def _file(url: URL) -> Path:
    if not url.database or url.database == ":memory:":
        raise CannotDump("a database in memory can't be backed up")
    return Path(url.database)


def _dump_sqlite(file: Path, beside: Path) -> Iterator[bytes]:
    with tempfile.TemporaryDirectory(dir=beside, prefix=".copying-") as folder:
        copy = Path(folder) / "copy.db"
        with (
            contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as source,
            contextlib.closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")
        check_sqlite(copy)
        with copy.open("rb") as content:
            while chunk := content.read(CHUNK):
                yield chunk


def check_sqlite(file: Path) -> None:
    """Raises CannotDump if the file is damaged."""
    with contextlib.closing(sqlite3.connect(file)) as connection:
        try:
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.DatabaseError:
            found = "no database"
    if found != "ok":
        raise CannotDump("the copy of the database is damaged (PRAGMA quick_check)")


def _tool(name: str, tools: str) -> str:
    found = shutil.which(name, path=tools or None)
    if found is None:
        where = f"in {tools}" if tools else "on the PATH"
        raise CannotDump(
            f"{name} is not {where}. Install PostgreSQL's client programs (Debian: postgresql-client) of the server's "
            "version or newer, or name their folder in [backup] tools"
        )
    return found


def find_tools(tools: str) -> None:
    """Raises CannotDump if PostgreSQL's programs are not there."""
    for name in ("pg_dump", "pg_restore"):
        _tool(name, tools)


def environment(url: URL) -> Mapping[str, str]:
    """For libpq: where and as whom, with the password, which must not stand on a command line."""
    query = {key: value if isinstance(value, str) else value[0] for key, value in url.query.items()}
    known = {
        "PGHOST": url.host or query.get("host"),
        "PGPORT": str(url.port or query.get("port") or ""),
        "PGUSER": url.username or query.get("user"),
        "PGPASSWORD": url.password or query.get("password"),
        "PGDATABASE": url.database,
        "PGSSLMODE": query.get("sslmode") or query.get("ssl"),
    }
    return {**os.environ, **{name: str(value) for name, value in known.items() if value}}


def _dump_postgresql(url: URL, tools: str) -> Iterator[bytes]:
    command = [_tool("pg_dump", tools), "--format=custom", "--compress=0", "--no-owner", "--no-privileges"]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, env=environment(url))  # noqa: S603 (ours)
        assert process.stdout is not None
        try:
            while chunk := process.stdout.read(CHUNK):
                yield chunk
        finally:
            process.stdout.close()
            code = process.wait()
        if code:
            raise CannotDump(f"pg_dump failed: {_last_words(said)}")


def _last_words(said: IO[bytes]) -> str:
    said.seek(0)
    lines = [line for line in said.read()[-4_000:].decode("utf-8", "replace").splitlines() if line.strip()]
    return " / ".join(lines[-2:])[:250] or "no output"


def restore(url: URL, tools: str, dumped: Iterable[bytes]) -> None:
    """Puts what was dumped into the database, which must be empty.

    Raises:
        CannotDump: it is not empty, or does not take it. Nothing was changed then.
    """
    if url.get_backend_name() == "sqlite":
        restore_sqlite(_file(url), dumped)
    else:
        _restore_postgresql(url, tools, dumped)


def restore_sqlite(file: Path, dumped: Iterable[bytes]) -> None:
    """See `restore`."""
    for there in (file, Path(f"{file}-wal"), Path(f"{file}-journal")):
        if there.exists():
            raise CannotDump(f"{there} exists; a backup is only restored into an empty place")
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".restoring-") as folder:
        copy = Path(folder) / file.name
        with copy.open("wb") as target:
            target.writelines(dumped)
            target.flush()
            os.fsync(target.fileno())
        check_sqlite(copy)
        os.link(copy, file)  # unlike a rename, it never replaces what has come there meanwhile


def _restore_postgresql(url: URL, tools: str, dumped: Iterable[bytes]) -> None:
    command = [
        _tool("pg_restore", tools),
        "--no-owner",
        "--no-privileges",
        "--exit-on-error",
        "--single-transaction",
        f"--dbname={url.database}",
    ]
    with tempfile.TemporaryFile() as content:
        # A whole and genuine backup first: pg_restore must not see the half of one.
        content.writelines(dumped)
        content.seek(0)
        _run(command, content, environment(url))


def count_tables(archive: Path, tools: str) -> int:
    """Reads an archive of pg_dump to its end; returns how many tables it holds.

    Raises:
        CannotDump: it can't be read.
    """
    pg_restore = _tool("pg_restore", tools)
    _run([pg_restore, "--file=/dev/null", str(archive)])
    listed = _run([pg_restore, "--list", str(archive)])
    return sum(b" TABLE " in line and b" TABLE DATA " not in line for line in listed.splitlines())


def _run(command: Sequence[str], source: IO[bytes] | None = None, variables: Mapping[str, str] | None = None) -> bytes:
    """What a program of PostgreSQL says.

    Raises:
        CannotDump: it failed.
    """
    ran = subprocess.run(command, stdin=source, capture_output=True, env=variables, check=False)  # noqa: S603 (ours)
    if ran.returncode:
        lines = ran.stderr.decode("utf-8", "replace").strip().splitlines()
        raise CannotDump(f"pg_restore failed: {' / '.join(lines[-2:])[:250]}")
    return ran.stdout
