"""The parameters of a Bot API call, however they came: as JSON, as a form, in the URL, with files beside them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson
from aiohttp import BodyPartReader, web

Json = dict[str, Any]


class Refusal(Exception):
    """What the Bot API answers with `"ok": false`."""

    def __init__(self, status: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.status, self.description, self.parameters = status, description, parameters

    def body(self) -> Json:
        said: Json = {"ok": False, "error_code": self.status, "description": self.description}
        return {**said, "parameters": self.parameters} if self.parameters else said


def bad(description: str) -> Refusal:
    return Refusal(400, f"Bad Request: {description}")


class Upload(NamedTuple):
    name: str
    content: bytes


@dataclass(slots=True)
class Params:
    """Reads values in the types of the schema; a form carries them all as text."""

    values: Mapping[str, Any]
    files: dict[str, Upload] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        return self.values.get(name) not in (None, "")

    def text(self, name: str, default: str = "") -> str:
        value = self.values.get(name)
        return default if value is None else value if isinstance(value, str) else str(value)

    def whole(self, name: str, default: int = 0) -> int:
        try:
            return int(self.values.get(name) or default)
        except (TypeError, ValueError):
            raise bad(f"{name} must be of type Integer") from None

    def real(self, name: str) -> float:
        try:
            return float(self.values[name])
        except (KeyError, TypeError, ValueError):
            raise bad(f"{name} is empty") from None

    def flag(self, name: str) -> bool:
        return str(self.values.get(name, "")).lower() in ("true", "1")

    def parsed(self, name: str) -> Any:
        """An object or array; None if it was not given."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad(f"can't parse {name}: it is not JSON") from None


async def read_params(request: web.Request) -> Params:
    """Raises Refusal if the body can't be read."""
    values: Json = dict(request.query)
    files: dict[str, Upload] = {}
    if request.content_type == "multipart/form-data":
        async for part in await request.multipart():
            if isinstance(part, BodyPartReader) and part.name:
                content = bytes(await part.read())
                if part.filename is None:
                    values[part.name] = content.decode("utf-8", "replace")
                else:
                    files[part.name] = Upload(part.filename, content)
    elif request.content_type == "application/json" and request.can_read_body:
        try:
            body = orjson.loads(await request.read())
        except orjson.JSONDecodeError:
            raise bad("can't parse JSON object") from None
        if not isinstance(body, dict):
            raise bad("expected a JSON object")
        values.update(body)
    elif request.can_read_body:
        values.update(await request.post())
    return Params(values, files)
