"""What Telegram may answer: read once, with the shape of each method's result, so that nobody else is surprised.

What stands between the bot and Telegram (a proxy, a portal, a half-broken server) may answer anything.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from math import inf, isnan
from typing import Any

import orjson
from telegram import error

from handlers.chat.incoming import Json, is_number

LEAST_PAUSE, LONGEST_PAUSE = 1.0, 3_600.0
"""Seconds of `retry_after` that are believed. Asking again after an hour harms nobody."""

Fits = Callable[[Any], bool]


class OddAnswer(error.NetworkError):
    """An answer that is none of the Bot API's. `perhaps`: it looks like one, so the call may have had its effect."""

    def __init__(self, said: str, *, perhaps: bool = False) -> None:
        super().__init__(said)
        self.perhaps = perhaps


def _has(name: str, fits: Fits) -> Fits:
    return lambda result: isinstance(result, dict) and fits(result.get(name))


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_true(result: object) -> bool:
    return result is True


_is_message = _has("message_id", is_number)


def _are_messages(result: object) -> bool:
    return isinstance(result, list) and all(map(_is_message, result))


def _is_list(result: object) -> bool:
    return isinstance(result, list)


def _is_changed(result: object) -> bool:
    """An edit answers with the message, or with True where it has none to show."""
    return result is True or _is_message(result)


_SHAPES: Mapping[str, Fits] = {
    "getMe": _has("id", is_number),
    "getUpdates": _is_list,  # each update for itself in bot/updates/intake, so that an odd one costs no other
    "getWebhookInfo": _has("url", _is_text),
    "getFile": _has("file_path", _is_text),
    "createForumTopic": _has("message_thread_id", is_number),
    "sendMediaGroup": _are_messages,
    "copyMessages": _are_messages,
    "forwardMessages": _are_messages,
    "sendChatAction": _is_true,
}
_BY_VERB: Mapping[str, Fits] = {
    "send": _is_message,
    "copy": _is_message,
    "forward": _is_message,
    "edit": _is_changed,
    "get": lambda result: result is not None,
}


def _shape_of(method: str) -> Fits:
    verb = next((verb for verb in _BY_VERB if method.startswith(verb)), None)
    return _BY_VERB[verb] if verb else _is_true


def result_of(method: str, answer: Mapping[str, object]) -> object:
    """The result in a whole answer of Telegram's.

    Raises:
        OddAnswer: it is not what this method results in.
    """
    result = answer.get("result")
    if not (_SHAPES.get(method) or _shape_of(method))(result):
        raise OddAnswer(f"Telegram's answer to {method} is no result of it", perhaps=True)
    return result


def pause_of(asked: Any) -> float:
    """Seconds of a `retry_after`, whatever stands there."""
    try:
        seconds = float(asked)
    except OverflowError:
        seconds = inf
    except (TypeError, ValueError):
        return LEAST_PAUSE
    return LEAST_PAUSE if isnan(seconds) else min(max(seconds, LEAST_PAUSE), LONGEST_PAUSE)


class TooManyRequests(error.RetryAfter):
    """The library's RetryAfter, whose own constructor warns of a change to come."""

    def __init__(self, seconds: float) -> None:
        error.TelegramError.__init__(self, f"Flood control exceeded. Retry in {seconds:g} seconds")
        self._retry_after = timedelta(seconds=seconds)


class ServerTrouble(error.NetworkError):
    """Telegram answered with a 5xx."""


_KNOWN: Mapping[int, type[error.TelegramError]] = {
    400: error.BadRequest,
    401: error.InvalidToken,
    403: error.Forbidden,
    404: error.InvalidToken,
    409: error.Conflict,
    413: error.BadRequest,
}
_REFUSED_BY_ANYBODY = (400, 413, 429)
"""What a server before Telegram's may mean for this one request too."""


def error_of(status: int, answer: Json) -> error.TelegramError:
    """The error that python-telegram-bot raises for this answer."""
    code: object = answer.get("error_code")
    status = code if status == 200 and is_number(code) else status
    said = str(answer.get("description", "")) or f"HTTP status {status}"
    hints = answer.get("parameters")
    hints = hints if isinstance(hints, dict) else {}
    if is_number(hints.get("migrate_to_chat_id")):
        return error.ChatMigrated(hints["migrate_to_chat_id"])
    if status == 429:
        return TooManyRequests(pause_of(hints.get("retry_after")))
    if status in _KNOWN:
        return _KNOWN[status](said)
    return ServerTrouble(said) if status >= 500 else error.NetworkError(said)


def read_answer(method: str, status: int, body: bytes) -> object:
    """What the method results in.

    Raises:
        TelegramError: as python-telegram-bot would (RetryAfter, Forbidden, BadRequest), or OddAnswer.
    """
    answer = _answer(status, body)
    if answer.get("ok") is True:
        return result_of(method, answer)
    raise error_of(status, answer)


def _answer(status: int, body: bytes) -> Json:
    """What Telegram says. Of a failure that it did not put into words only the status is known."""
    looks_right = body.lstrip()[:1] == b"{"
    try:
        answer = read_json(body) if looks_right else None
    except OddAnswer:
        answer = None
    if isinstance(answer, dict) and isinstance(answer.get("ok"), bool) and (status == 200 or not answer["ok"]):
        return answer
    if status >= 500 or status in _REFUSED_BY_ANYBODY:
        return {}
    raise OddAnswer(f"an answer that is not Telegram's (HTTP status {status})", perhaps=status == 200 and looks_right)


def read_json(payload: bytes) -> object:
    """JSON by orjson; what it refuses (NaN, lone surrogates) is still read, so that one odd update stops nobody."""
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError:
        try:
            return json.loads(payload.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            raise OddAnswer("Telegram's answer is no JSON", perhaps=True) from None
