"""A SQLite database that is only looked at."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from storage.database import Database
from storage.encryption import Vault
from storage.engine import sqlite_driver


def open_to_look(file: Path, vault: Vault) -> Database:
    """Opens a SQLite file only to read it, and makes no file beside it.

    Without a log beside it nobody has it open, and SQLite is told that it will not change; else it would make the log.
    """
    mode = "mode=ro" if Path(f"{file}-wal").exists() else "mode=ro&immutable=1"
    place = f"file:{quote(str(file))}?{mode}"
    engine = create_async_engine(
        "sqlite+aiosqlite://",
        async_creator=lambda: sqlite_driver.connect(place, uri=True),
        poolclass=NullPool,
        module=sqlite_driver.Module(),
    )
    return Database(engine, vault)
