"""Who opened a Mini App: what Telegram hands to the page, signed with the bot's token.

https://core.telegram.org/bots/webapps#validating-data-received-via-the-mini-app
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

import orjson

from handlers.chat.incoming import is_number
from storage.telegram_ids import PersonId

FRESH = timedelta(minutes=5)
"""So old it may be when it is exchanged for a token."""
AHEAD = timedelta(seconds=30)
"""Telegram's clock may be so much ahead of this machine's."""
LONGEST = 4_096
"""Characters. Telegram's has some hundreds."""
_HASH = re.compile(r"[0-9a-f]{64}")


class NotFromTelegram(Exception):
    """It was not signed for this bot, it is too old, or it names nobody."""


@dataclass(frozen=True, slots=True)
class Opener:
    """Who opened the page, in which language their app is; `source` is the same for the same initData only."""

    id: PersonId
    language_code: str
    source: bytes


def read(text: str, token: str, now: datetime) -> Opener:
    """Checks initData, as the page got it.

    Raises:
        NotFromTelegram: see the class.
    """
    fields = _fields(text)
    signature = fields.pop("hash", "")
    if not _HASH.fullmatch(signature) or not hmac.compare_digest(sign(fields, token), signature):
        raise NotFromTelegram
    try:
        age = now.timestamp() - int(fields["auth_date"])
        user = orjson.loads(fields["user"])
        person_id, language = user["id"], str(user.get("language_code") or "")
    except (KeyError, ValueError, TypeError):
        raise NotFromTelegram from None
    is_fresh = -AHEAD.total_seconds() <= age <= FRESH.total_seconds()
    if not is_fresh or not is_number(person_id) or person_id <= 0 or user.get("is_bot"):
        raise NotFromTelegram
    return Opener(PersonId(person_id), language, hashlib.sha256(bytes.fromhex(signature)).digest())


def _fields(text: str) -> dict[str, str]:
    """Each field once: of two with a name, one would be signed and the other read."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True, max_num_fields=32) if text else []
    except ValueError:
        raise NotFromTelegram from None
    if len(text) > LONGEST or len({name for name, _ in pairs}) < len(pairs):
        raise NotFromTelegram
    return dict(pairs)


def sign(fields: dict[str, str], token: str) -> str:
    """The hash that Telegram puts beside these fields."""
    secret = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    shown = "\n".join(f"{name}={value}" for name, value in sorted(fields.items()))
    return hmac.new(secret, shown.encode("utf-8", "surrogateescape"), hashlib.sha256).hexdigest()
