"""Scripts, styles and vendored libraries: read once, served from memory under an address that changes with them."""

from __future__ import annotations

import gzip
import hashlib
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

from aiohttp import web

from bot.web.headers import SECURITY

FOLDERS = (Path(__file__).parent / "static", Path(__file__).parent / "vendor")
KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
FOREVER = "public, max-age=31536000, immutable"


class _File(NamedTuple):
    content: bytes
    kind: str


class StaticFiles:
    """All files by their names; a request names one of these, and never a path."""

    @cached_property
    def _files(self) -> dict[str, _File]:
        found = (file for folder in FOLDERS for file in sorted(folder.iterdir()) if file.suffix in KINDS)
        return {file.name: _File(file.read_bytes(), KINDS[file.suffix]) for file in found}

    @cached_property
    def version(self) -> str:
        """Of all files together: they name each other without it."""
        digest = hashlib.sha256()
        for name, file in self._files.items():
            digest.update(f"{name}/{len(file.content)}/".encode() + file.content)
        return digest.hexdigest()[:16]

    async def serve(self, request: web.Request) -> web.Response:
        """404 for whatever is none of the names."""
        file = self._files.get(request.match_info["name"])
        if file is None or request.match_info["version"] != self.version:
            raise web.HTTPNotFound(headers=SECURITY)
        headers = {**SECURITY, "Cache-Control": FOREVER, "Vary": "Accept-Encoding"}
        body = file.content
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            headers["Content-Encoding"], body = "gzip", compressed(body)
        return web.Response(body=body, content_type=file.kind, charset="utf-8", headers=headers)


@lru_cache(maxsize=64)
def compressed(content: bytes) -> bytes:
    """Once for each file that is asked for: the largest takes some 40 ms."""
    return gzip.compress(content, 9, mtime=0)
