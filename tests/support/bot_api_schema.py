"""The Bot API's published schema, held against what the bot asks and what the sandbox answers."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

Json = dict[str, Any]


class NotInTheSchema(AssertionError):
    """Somebody says something that Telegram would not."""


@cache
def schema() -> Json:
    """Of each list of fields, `required` has the names of those that must be there."""
    known: Json = json.loads((Path(__file__).parent / "bot_api_schema.json").read_text("utf-8"))
    for one in (*known["methods"].values(), *known["types"].values()):
        one["required"] = {name for name, (_, required) in one.get("fields", {}).items() if required}
    return known


def check_call(method: str, params: Json, result: Any) -> None:
    """Raises NotInTheSchema for a parameter or a part of the result that the method does not have."""
    known = schema()["methods"][method]
    _check_fields(known, params, method, lenient=True)
    _check_any(known["returns"], result, f"{method}()")


def check_update(update: Json) -> None:
    """Raises NotInTheSchema for an update that Telegram would not hand over."""
    _fits_type("Update", update, "update")


def _check_any(kinds: list[str], value: Any, where: str) -> None:
    errors = []
    for kind in kinds:
        try:
            if _fits(kind, value, where):
                return
        except NotInTheSchema as error:
            errors.append(str(error))
    raise NotInTheSchema(f"{where} is {value!r}, not {kinds}: {errors}")


def _check_fields(known: Json, value: Json, where: str, *, lenient: bool = False) -> None:
    fields = known["fields"]
    unknown = value.keys() - fields.keys()
    if unknown:
        raise NotInTheSchema(f"{where} has no {sorted(unknown)}")
    missing = known["required"] - value.keys()
    if missing and not lenient:
        raise NotInTheSchema(f"{where} lacks {sorted(missing)}")
    for name, part in value.items():
        kinds = fields[name][0]
        _check_any(kinds, _parsed(part, kinds) if lenient else part, f"{where}.{name}")


def _parsed(value: Any, kinds: list[str]) -> Any:
    """A form carries everything as text."""
    if isinstance(value, str) and "String" not in kinds:
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _fits(kind: str, value: Any, where: str) -> bool:
    if kind.startswith("Array of "):
        return isinstance(value, list) and all(_fits(kind.removeprefix("Array of "), one, where) for one in value)
    if kind in ("Integer", "Float"):
        return isinstance(value, int if kind == "Integer" else int | float) and not isinstance(value, bool)
    if kind == "String":
        return isinstance(value, str)
    if kind in ("Boolean", "True"):
        return isinstance(value, bool)
    if kind in ("InputFile",):
        return isinstance(value, str)
    if not isinstance(value, dict):
        return False
    return _fits_type(kind, value, where)


def _fits_type(kind: str, value: Json, where: str) -> bool:
    known = schema()["types"].get(kind)
    if known is None:
        raise NotInTheSchema(f"{where}: no type {kind}")
    if "subtypes" not in known:
        _check_fields(known, value, f"{where}:{kind}")
        return True
    _check_any(known["subtypes"], value, where)
    return True
