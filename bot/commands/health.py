"""`health`: the bot's own word for whether it is ready, asked at the address that the config gives it."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping

from bot.config.sections import Web

PATIENCE = 5.0
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 (it is asked, not listened on)


def trouble_of(section: Web) -> str:
    """Why the bot on this machine is not ready; empty if it is."""
    try:
        is_ready, said = _ask(section)
    except (OSError, http.client.HTTPException, ValueError) as failure:
        return f"no answer from {section.host}:{section.port} ({type(failure).__name__})"
    return "" if is_ready else f"not ready: {said.get('trouble') or 'starting or stopping'}"


def is_running(section: Web) -> bool:
    """Whether it is the bot that listens there, ready or not."""
    try:
        return "ready" in _ask(section)[1]
    except (OSError, http.client.HTTPException, ValueError):
        return False


def _ask(section: Web) -> tuple[bool, Mapping[str, object]]:
    connection = http.client.HTTPConnection(_EVERYWHERE.get(section.host, section.host), section.port, timeout=PATIENCE)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        said = json.loads(answer.read(10_000))
    finally:
        connection.close()
    if not isinstance(said, dict):
        raise ValueError("another program")
    return answer.status == http.client.OK, said
