"""A form that brings a file: read piece by piece into a folder of its own, which is gone afterwards."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import BodyPartReader, MultipartReader, web

from bot.web.requests import FORM_LIMIT, BadForm

MOST_BYTES = 20 << 20
"""Of a file: as many as Telegram hands to a bot, so that browser and chat take the same."""
SENT_WITHIN = 180.0
"""Seconds for all of it: 20 MB take 160 s at 1 Mbit/s."""
_MOST_PARTS = 20


@dataclass(frozen=True, slots=True)
class Upload:
    """`name` is what its owner calls it; `path` ends with the same."""

    name: str
    path: Path


class TooLarge(BadForm):
    """The file has more than MOST_BYTES."""


@asynccontextmanager
async def received(request: web.Request) -> AsyncIterator[tuple[Mapping[str, list[str]], Upload | None]]:
    """The fields, and the file if one was sent.

    Raises:
        BadForm: it is of another kind, too long or too slow.
    """
    if request.content_type != "multipart/form-data":
        raise BadForm
    if (request.content_length or 0) > MOST_BYTES + FORM_LIMIT:
        raise TooLarge
    with tempfile.TemporaryDirectory() as folder:
        try:
            async with asyncio.timeout(SENT_WITHIN):
                found = await _read(await request.multipart(), Path(folder))
        except (TimeoutError, ValueError, AssertionError):
            raise BadForm from None
        yield found


async def _read(parts: MultipartReader, folder: Path) -> tuple[Mapping[str, list[str]], Upload | None]:
    form: dict[str, list[str]] = {}
    upload, left = None, FORM_LIMIT
    for _ in range(_MOST_PARTS):
        part = await parts.next()
        if part is None:
            return form, upload
        if not isinstance(part, BodyPartReader):
            raise BadForm
        if part.filename is not None:
            if upload is not None:
                raise BadForm
            upload = await _kept(part, folder)
        else:
            content = await _content(part, left)
            left -= len(content)
            form.setdefault(part.name or "", []).append(content.decode())
    raise BadForm


async def _content(part: BodyPartReader, most: int) -> bytes:
    found = b""
    while piece := await part.read_chunk():
        found += piece
        if len(found) > most:
            raise BadForm
    return found


async def _kept(part: BodyPartReader, folder: Path) -> Upload | None:
    """None for the field of a file that was left empty."""
    name = Path((part.filename or "").replace("\\", "/")).name[:200]
    path, size = folder / f"sent{_ending(name)}", 0
    with path.open("wb") as into:
        while piece := await part.read_chunk(1 << 16):
            size += len(piece)
            if size > MOST_BYTES:
                raise TooLarge
            into.write(piece)
    return Upload(name, path) if name else None


def _ending(name: str) -> str:
    """Of the name, if it is a plain one: it becomes part of a path."""
    ending = Path(name).suffix.lower()
    return ending if ending[1:].isascii() and ending[1:].isalnum() and len(ending) <= 10 else ""
