"""The headers of every page: what a browser may load for it, and who may show it in a frame."""

from __future__ import annotations

from urllib.parse import urlsplit

SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with no-referrer, browsers send a form's Origin as null
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=(), usb=()",
}
NOBODY = "'none'"
TELEGRAM = "'self' https://web.telegram.org https://webk.telegram.org https://webz.telegram.org"
"""Where Telegram's apps for browsers run, which show a Mini App in a frame. 'self' is the sandbox's phone."""
_YEAR = 365 * 24 * 3_600


def policy(framed_by: str, tiles: str = "") -> str:
    """The Content-Security-Policy: no script within a page, nothing of another origin but the tiles of the map."""
    origin = f" {origin_of(tiles)}" if tiles else ""
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            f"img-src 'self' data: blob:{origin}",
            f"connect-src 'self'{origin}",
            "worker-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            f"frame-ancestors {framed_by}",
        ]
    )


def origin_of(url: str) -> str:
    """Scheme, host and port."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def of_page(framed_by: str, *, is_https: bool, tiles: str = "") -> dict[str, str]:
    """Those of a page, which nothing keeps a copy of."""
    found = {**SECURITY, "Content-Security-Policy": policy(framed_by, tiles), "Cache-Control": "no-store"}
    if framed_by == NOBODY:
        found |= {"X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin"}
    if is_https:
        found["Strict-Transport-Security"] = f"max-age={_YEAR}"
    return found
