"""What a request brings: the token of a pass, a form, a language; and whether a page of ours sent it."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
from collections.abc import Mapping
from urllib.parse import parse_qs

from aiohttp import web

from bot.web.headers import origin_of
from bot.web.site import Site
from handlers.i18n.translations import language_for

FORM_LIMIT = 64 << 10
"""Bytes of what a page sends."""
READ_WITHIN = 10.0
_FIELDS = 2_000
_BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


class BadForm(Exception):
    """What was sent is no form of ours."""


def bearer_of(request: web.Request) -> str:
    """The token that a Mini App sends; "" without one."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token if scheme == "Bearer" else ""


def csrf_of(token: str) -> str:
    """What a page of this session sends along with whatever changes something; it tells nothing about the token."""
    return hmac.new(token.encode(), b"csrf", hashlib.sha256).hexdigest()[:32]


def has_csrf(request: web.Request, form: Mapping[str, list[str]], token: str) -> bool:
    """Whether a page of the session sent it."""
    said = request.headers.get("X-CSRF-Token") or next(iter(form.get("csrf", ())), "")
    return hmac.compare_digest(csrf_of(token).encode(), said.encode("utf-8", "surrogateescape"))


def is_from_our_pages(request: web.Request, site: Site) -> bool:
    """Whether no other site caused the request: by Sec-Fetch-Site, or by Origin where a browser does not send that."""
    caused_by = request.headers.get("Sec-Fetch-Site")
    if caused_by is not None:
        return caused_by in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is None or origin == origin_of(site.url)


async def form_of(request: web.Request) -> dict[str, list[str]]:
    """The fields of a form.

    Raises:
        BadForm: it is of another kind, too long or too slow.
    """
    if request.content_type != "application/x-www-form-urlencoded" or (request.content_length or 0) > FORM_LIMIT:
        raise BadForm
    try:
        async with asyncio.timeout(READ_WITHIN):
            body = await request.content.read(FORM_LIMIT + 1)
            while len(body) <= FORM_LIMIT and (more := await request.content.read(FORM_LIMIT)):
                body += more
        if len(body) > FORM_LIMIT:
            raise BadForm
        return parse_qs(body.decode(), keep_blank_values=True, max_num_fields=_FIELDS)
    except (TimeoutError, ValueError):
        raise BadForm from None


def language_of(request: web.Request, fallback: str) -> str:
    """What the browser asks for: for pages of somebody who is not known yet."""
    first = re.match(r"[A-Za-z]{2,3}(-[A-Za-z0-9]+)*", request.headers.get("Accept-Language", ""))
    return language_for(first[0] if first else None, fallback)


def browser_of(request: web.Request) -> str:
    """What it calls itself, in words of ours: "Firefox, Windows"; "" if it says nothing known."""
    said = request.headers.get("User-Agent", "")
    found = [next((name for sign, name in signs if sign in said), "") for signs in (_BROWSERS, _SYSTEMS)]
    return ", ".join(filter(None, found))
