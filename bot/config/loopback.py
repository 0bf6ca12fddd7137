"""Addresses of this machine alone, and what follows for the pages."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


def is_loopback(host: str) -> bool:
    """Whether a host is this machine alone: localhost, or an address of the loopback."""
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def pages_url(public_url: str, api_base_url: str) -> str:
    """Where browsers find the pages, without a slash at the end; "" where Telegram opens none.

    It takes https only. The sandbox, a Telegram of this machine, opens what is on this machine, too.
    """
    url, api = urlsplit(public_url), urlsplit(api_base_url)
    is_within = url.scheme == "http" and is_loopback(url.hostname or "") and is_loopback(api.hostname or "")
    return public_url.rstrip("/") if url.scheme == "https" or is_within else ""
