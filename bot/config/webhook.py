"""What Telegram asks of a webhook, and what this program's own pages leave free."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

TELEGRAM = "api.telegram.org"
PORTS = (443, 80, 88, 8443)
"""https://core.telegram.org/bots/api#setwebhook"""
RESERVED = ("/", "/healthz", "/readyz", "/metrics", "/calendar", "/app", "/console")
SECRET = re.compile(r"[A-Za-z0-9_-]{8,256}")
"""Telegram takes a single character; whoever guesses it speaks in the name of everybody."""


def webhook_faults(url: str, secret: str, api_base_url: str) -> list[str]:
    """What is wrong with a webhook, one sentence a fault."""
    faults = [f"telegram.webhook_url: {fault}" for fault in _url_faults(url, api_base_url)]
    if not SECRET.fullmatch(secret):
        faults.append("telegram.webhook_secret: webhook mode needs 8 to 256 characters of A-Z a-z 0-9 _ -")
    return faults


def _url_faults(url: str, api_base_url: str) -> Iterator[str]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if host is None or parts.scheme not in ("http", "https") or not parts.path.strip("/"):
        yield "webhook mode needs a URL with a path, such as https://example.org/telegram"
        return
    is_telegram = urlsplit(api_base_url).hostname == TELEGRAM
    if parts.scheme == "http" and (is_telegram or not _is_near(host)):
        yield "Telegram only calls https:// addresses"
    if is_telegram and parts.scheme == "https" and (port or 443) not in PORTS:
        yield f"Telegram only calls the ports {', '.join(map(str, PORTS))}"
    if any(parts.path == path or parts.path.startswith(f"{path}/") for path in RESERVED[1:]):
        yield f"the path {parts.path} is a page of the bot itself; name another, such as /telegram"


def _is_near(host: str) -> bool:
    """Whether a Bot API server of one's own may call it without TLS: this machine, or one of the same network."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith((".local", ".internal", ".localhost"))
    return address.is_loopback or address.is_private
