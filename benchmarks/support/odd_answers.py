"""Whatever may come in the place of Telegram's answer: from a proxy, a portal, or a server that is not well."""

from __future__ import annotations

import random
from collections.abc import Callable

import orjson

from bot.sandbox.server import Fault

GOOD = {"update_id": 7, "message": {"chat": {"id": 1}}}
FINE = orjson.dumps({"ok": True, "result": [GOOD]})


def said(status: int, **answer: object) -> tuple[int, bytes]:
    return status, orjson.dumps(answer)


def busy(retry_after: object) -> tuple[int, bytes]:
    return said(429, ok=False, error_code=429, description="Too Many", parameters={"retry_after": retry_after})


def result(value: object) -> tuple[int, bytes]:
    return said(200, ok=True, result=value)


ODD: dict[str, tuple[int, bytes]] = {
    "400": said(400, ok=False, error_code=400, description="Bad Request"),
    "401": said(401, ok=False, error_code=401, description="Unauthorized"),
    "403": said(403, ok=False, error_code=403, description="Forbidden"),
    "404": said(404, ok=False, error_code=404, description="Not Found"),
    "409": said(409, ok=False, error_code=409, description="Conflict"),
    "500": said(500, ok=False, error_code=500, description="Internal"),
    "502 html": (502, b"<html>Bad Gateway</html>"),
    "503 empty": (503, b""),
    "403 html": (403, b"<html>blocked by your company</html>"),
    "html": (200, b"<html>Log in to the Wi-Fi</html>"),
    "empty": (200, b""),
    "cut": (200, FINE[:-9]),
    "redirect": (302, b""),
    "a list": (200, b"[]"),
    "null": (200, b"null"),
    "text": (200, b'"ok"'),
    "no result": said(200, ok=True),
    "result null": result(None),
    "result object": result({}),
    "result text": result("updates"),
    "result numbers": result([1, 2]),
    "result nulls": result([None]),
    "no update_id": result([{"message": {}}]),
    "update_id text": result([{"update_id": "x"}]),
    "update_id list": result([{"update_id": [1]}]),
    "update_id too long": (200, b'{"ok":true,"result":[{"update_id":' + b"9" * 40 + b"}]}"),
    "ok is text": said(200, ok="true", result=[]),
    "ok is false": said(200, ok=False),
    "parameters a list": said(429, ok=False, parameters=[1]),
    "parameters odd": said(400, ok=False, parameters={"migrate_to_chat_id": "x"}),
    "retry text": busy("soon"),
    "retry negative": busy(-5),
    "retry null": busy(None),
    "retry object": busy({}),
    "retry float": busy(0.5),
    "deep": (200, b"[" * 100_000),
    "deep object": (200, b'{"ok":' * 50_000),
    "lone surrogate": (200, b'{"ok":false,"description":"\\ud800"}'),
}


REFUSALS = ("400", "401", "403", "404", "409")
"""Those that Telegram's own server gives, and means."""


def throwing(share: float, seed: int) -> Callable[[str], Fault | None]:
    """Any call gets such an answer with this chance, half of them after it has had its effect."""
    chance = random.Random(seed)
    odd = [answer for name, answer in ODD.items() if name not in REFUSALS]

    def throw(_method: str) -> Fault | None:
        if chance.random() >= share:
            return None
        status, body = chance.choice(odd)
        return Fault(status, body.decode(), too_late=chance.random() < 0.5)

    return throw
