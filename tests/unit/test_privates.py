"""Tests use the program as others do: what begins with an underscore is its own, and may change without them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
ALLOWED = {
    ("conftest.py", "_add_unseen_source_files"): "SlipCover has no option for it, and each of its processes does it",
    ("support/databases.py", "_compiled_cache"): "SQLAlchemy has no other way to share compiled statements by engines",
    **dict.fromkeys(
        [("unit/test_agreement_files.py", name) for name in ("_tc", "_tbl", "_add_gridSpan")],
        "python-docx writes no hostile table by itself: its XML is changed",
    ),
    ("support/preloaded.py", "_exit"): "a fork must not run what its parent does at its end; this is os._exit",
}
"""(file, name): why."""


def is_private(name: str) -> bool:
    """`_` alone is the translator, and `__name__` is public."""
    return name.startswith("_") and name != "_" and not (name.startswith("__") and name.endswith("__"))


def private_names(source: str) -> list[str]:
    """The private names of others that a module uses."""
    return [name for node in ast.walk(ast.parse(source)) for name in _named(node) if is_private(name)]


def _named(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Attribute(value=ast.Name(id="self" | "cls")):
            return
        case ast.Attribute(attr=name):
            yield name
        case ast.ImportFrom(module=str(module), names=names):
            yield from module.split(".")
            yield from (alias.name for alias in names)
        case ast.Import(names=names):
            yield from (part for alias in names for part in alias.name.split("."))
        case ast.Call(func=ast.Name(id="getattr" | "setattr" | "delattr") | ast.Attribute(attr="setattr" | "delattr")):
            texts = [part.value for part in node.args if isinstance(part, ast.Constant) and isinstance(part.value, str)]
            yield from (part for text in texts[:1] for part in text.split("."))


def test_tests_use_nothing_private() -> None:
    used = {
        (file.relative_to(TESTS).as_posix(), name)
        for file in TESTS.rglob("*.py")
        for name in private_names(file.read_text("utf-8"))
    }
    assert used == set(ALLOWED), "what is allowed must also be needed"


def test_what_tests_share_is_in_support() -> None:
    """A test that imports another one runs with its fixtures, and breaks when that one changes."""
    imported = [
        f"{file.relative_to(TESTS)}: {node.module}"
        for file in TESTS.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and ".test_" in (node.module or "")
    ]
    assert imported == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("limiter = town.app.admission._rate_limiter", ["_rate_limiter"]),
        ("courier._send = refuse", ["_send"]),
        ("from bot.telegram.courier import Courier, _Manner", ["_Manner"]),
        ("import bot._private.thing", ["_private"]),
        ("monkeypatch.setattr(courier, '_send', refuse)", ["_send"]),
        ("monkeypatch.setattr('bot.process._until_told', refuse)", ["_until_told"]),
        ("getattr(courier, '_send')", ["_send"]),
        ("super()._listen(event)", ["_listen"]),
        ("self._heard = person._('Hello')", []),
        ("person.__class__", []),
        ("_helper(town)", []),
        ("from __future__ import annotations", []),
    ],
)
def test_what_is_private_is_found(line: str, found: list[str]) -> None:
    assert private_names(line) == found
