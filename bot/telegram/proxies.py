"""The proxy on the way to Telegram, as the environment names it. Only http:// proxies are spoken to."""

from __future__ import annotations

import os
from collections.abc import Mapping
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass


def of_environment() -> Mapping[str, str]:
    """By the scheme of what is asked for, or "all"."""
    return getproxies()


def proxy_for(url: str, proxies: Mapping[str, str]) -> str | None:
    """The proxy for this URL, whatever it is; None if the way is direct."""
    parts = urlsplit(url)
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if proxy is None or (parts.hostname is not None and proxy_bypass(parts.hostname)):
        return None
    return proxy


def fault_of(proxy: str) -> str:
    """Why this proxy can't be used; empty if it can. Its password is in no word of it."""
    kind, separator, _ = proxy.partition("://")
    if not separator:
        return "has no scheme"
    if kind.lower().startswith("socks"):
        return f"is a SOCKS proxy ({kind.lower()}://)"
    if kind.lower() != "http":
        return "is no http:// proxy"
    try:
        parts = urlsplit(proxy)
        is_whole = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        is_whole = False
    return "" if is_whole else "is no URL"


def fault(url: str) -> str:
    """A line about the variable that names an unusable proxy for this URL; empty if there is none."""
    proxies = of_environment()
    proxy = proxy_for(url, proxies)
    reason = fault_of(proxy) if proxy is not None else ""
    if not reason:
        return ""
    wanted = "all_proxy" if urlsplit(url).scheme not in proxies else f"{urlsplit(url).scheme}_proxy"
    name = next((name for name in os.environ if name.lower() == wanted), wanted)
    return f"{name}: the proxy {reason}; the bot needs one like http://host:port (or NO_PROXY for Telegram's host)"
