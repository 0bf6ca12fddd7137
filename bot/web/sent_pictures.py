"""Pictures that somebody sent to the bot, as Telegram keeps them."""

from __future__ import annotations

import io

from aiohttp import web

from bot.web import headers
from bot.web.turned_away import Turned, Why
from bot.web.visits import Visit
from handlers.chat.ports import NotFetched
from storage.connections import let_go

_LIMIT = 10 << 20
_KINDS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"RIFF": "image/webp"}


async def sent_picture(visit: Visit, file_id: str) -> web.Response:
    """The picture, if it is one by its first bytes. Telegram may be slow, so the visit's transaction, which has only
    read, ends here: there are few connections to the database. Raises Turned."""
    await let_go(visit.session)
    into = io.BytesIO()
    try:
        await visit.site.context.ports.download_file(file_id, _LIMIT, into)
    except NotFetched:
        raise Turned(Why.NOTHING_HERE) from None
    content = into.getvalue()
    kind = next((kind for sign, kind in _KINDS.items() if content.startswith(sign)), None)
    if kind is None:
        raise Turned(Why.NOTHING_HERE)
    found = headers.of_page(headers.NOBODY, is_https=visit.site.is_https)
    return web.Response(body=content, content_type=kind, headers=found)
