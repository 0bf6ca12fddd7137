"""The book of a contest fetches no more pictures than it has room for."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from handlers.chat.talk import Talk
from handlers.contests import book
from handlers.contests.book import Work
from storage.contests.entries import Content, Kind
from storage.contests.ids import EntryId


async def test_it_stops_when_it_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the pictures of thousands of entries would be in memory at once."""
    asked: list[str] = []

    async def download_file(file_id: str, _most: int, into: Any) -> None:
        asked.append(file_id)
        into.write(b"x" * 10)

    async def photo_jpeg(photo: bytes) -> bytes:
        return photo

    painter = SimpleNamespace(photo_jpeg=photo_jpeg)
    ports = SimpleNamespace(download_file=download_file, painter=painter)
    talk = cast("Talk", SimpleNamespace(context=SimpleNamespace(ports=ports)))
    works = [Work(EntryId(at), "", None, Content(Kind.PHOTO, "", "", "", f"f{at}")) for at in range(100)]
    monkeypatch.setattr(book, "MOST_BYTES", 35)
    found = await book.pictures_of(talk, works)
    assert list(found) == ["f0", "f1", "f2"] and len(asked) < 10
