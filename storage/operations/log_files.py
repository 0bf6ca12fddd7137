"""Log files, one a day beside each other: `name`, `name.2026-11-23`, `name.2026-11-22`, ..."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path


def forget(file: Path, now: datetime, kept: timedelta) -> None:
    """Removes the files of days that ended longer ago than that."""
    for old in file.parent.glob(f"{file.name}.*"):
        try:
            day = date.fromisoformat(old.name.removeprefix(f"{file.name}."))
        except ValueError:
            continue
        if day + timedelta(days=1) <= (now - kept).date():
            old.unlink(missing_ok=True)
