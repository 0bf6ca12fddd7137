"""`health`: the bot's own word for whether it is ready, asked at the address that the config gives it.

A container asks every 30 s. Loading the program and checking the whole config for it took several times as much of a
processor as the idle bot, so `python -m bot health` reads the two keys by itself wherever it can.
"""

from __future__ import annotations

import http.client
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, Protocol

PATIENCE = 5.0
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 (it is asked, not listened on)


class Listening(Protocol):
    """Where the bot listens: `[web]` of the config."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...


class Written(NamedTuple):
    """What stands in the config, unchecked."""

    host: str = "127.0.0.1"
    port: int = 8_080


def written(environment: Mapping[str, str]) -> Written | None:
    """Where the bot listens by the file and the environment; None if that takes the whole program to read, or to say
    what is wrong with it."""
    named = {name.upper(): value for name, value in environment.items()}
    if "NUANXIN_WEB" in named:
        return None
    file = Path(named.get("NUANXIN_CONFIG", "config.toml"))
    try:
        section = tomllib.loads(file.read_text("utf-8")).get("web", {}) if file.exists() else {}
        host = named.get("NUANXIN_WEB__HOST", section.get("host", Written().host))
        port = int(named.get("NUANXIN_WEB__PORT", section.get("port", Written().port)))
    except (OSError, ValueError, TypeError, AttributeError):
        return None
    return Written(host, port) if isinstance(host, str) else None


def trouble_of(section: Listening) -> str:
    """Why the bot on this machine is not ready; empty if it is."""
    try:
        is_ready, said = _ask(section)
    except (OSError, http.client.HTTPException, ValueError) as failure:
        return f"no answer from {section.host}:{section.port} ({type(failure).__name__})"
    return "" if is_ready else f"not ready: {said.get('trouble') or 'starting or stopping'}"


def is_running(section: Listening) -> bool:
    """Whether it is the bot that listens there, ready or not."""
    try:
        return "ready" in _ask(section)[1]
    except (OSError, http.client.HTTPException, ValueError):
        return False


def _ask(section: Listening) -> tuple[bool, Mapping[str, object]]:
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
