"""What may stand where, checked on the syntax of every module: rules and SQL live in storage, buttons come of a Press.

Which package may import which is import-linter's to say (pyproject.toml).
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SANDBOX = ROOT / "bot/sandbox"
"""It plays Telegram: it reads what buttons carry, and its sessions are of HTTP."""
ABOVE_STORAGE = ("bot", "handlers", "schedules")
SESSION_TYPE = "sqlalchemy.ext.asyncio.AsyncSession"
MAY_IMPORT = {
    "bot/backup/database_dump.py": {"sqlalchemy.URL"},
    "bot/backup/operations.py": {"sqlalchemy.inspect"},
    "bot/process.py": {"sqlalchemy.engine.make_url"},
    "bot/updates/update_pipeline.py": {"sqlalchemy.exc.DataError"},
}
"""Of SQLAlchemy, beside the type of a session."""
MAY_USE = {"bot/updates/write_transactions.py": {"rollback", "identity_map", "expunge_all"}}
"""Of a session: what opens a transaction for others may also end it."""
PRESS = "handlers/chat/press.py"


def faults(path: str, source: str) -> list[str]:
    """What a module above storage does that it must not, one line each."""
    found = [fault for node in ast.walk(ast.parse(source)) for fault in _faults(path, node)]
    return [f"{path}:{line}: {fault}" for line, fault in sorted(found)]


def _faults(path: str, node: ast.AST) -> Iterator[tuple[int, str]]:
    match node:
        case ast.Import(names=names):
            yield from _foreign(path, node.lineno, [alias.name for alias in names])
        case ast.ImportFrom(module=str(module), names=names):
            yield from _foreign(path, node.lineno, [f"{module}.{alias.name}" for alias in names])
        case ast.Attribute(value=ast.Name(id="session") | ast.Attribute(attr="session"), attr=name):
            if name not in MAY_USE.get(path, ()):
                yield node.lineno, f"uses session.{name}: make it an operation of storage"
        case ast.Call(func=ast.Name(id="Button") | ast.Attribute(attr="Button")) if path != PRESS:
            if len(node.args) > 1 or any(keyword.arg == "data" for keyword in node.keywords):
                yield node.lineno, "writes the data of a button: let a Press make it"
        case ast.Dict(keys=keys, values=values):
            written = [value for key, value in zip(keys, values, strict=True) if _is_callback_data(key)]
            if any(isinstance(value, ast.JoinedStr | ast.Constant) for value in written):
                yield node.lineno, "writes callback data: let a Press make it"


def _is_callback_data(key: ast.expr | None) -> bool:
    return isinstance(key, ast.Constant) and key.value == "callback_data"


def _foreign(path: str, line: int, names: list[str]) -> Iterator[tuple[int, str]]:
    allowed = {SESSION_TYPE, *MAY_IMPORT.get(path, ())}
    for name in names:
        if name.partition(".")[0] == "sqlalchemy" and name not in allowed:
            yield line, f"imports {name}: SQL is storage's"


def test_rules_and_sql_live_in_storage() -> None:
    modules = [file for package in ABOVE_STORAGE for file in sorted((ROOT / package).rglob("*.py"))]
    modules = [file for file in modules if SANDBOX not in file.parents]
    assert len(modules) > 100
    found = [fault for file in modules for fault in faults(file.relative_to(ROOT).as_posix(), file.read_text("utf-8"))]
    assert not found, "\n".join(found)


def test_every_exception_is_still_needed() -> None:
    for path, names in MAY_IMPORT.items():
        imports = ast.walk(ast.parse((ROOT / path).read_text("utf-8")))
        brought = {
            f"{node.module}.{alias.name}"
            for node in imports
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        assert names <= brought, path


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("from sqlalchemy import select", "imports sqlalchemy.select"),
        ("from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine", "asyncio.create_async_engine"),
        ("import sqlalchemy", "imports sqlalchemy"),
        ("import sqlalchemy as sa", "imports sqlalchemy"),
        ("from sqlalchemy.orm import Session", "imports sqlalchemy.orm.Session"),
        ("await session.flush()", "uses session.flush"),
        ("row = await talk.session.get(Station, key)", "uses session.get"),
        ("add = talk.session.add", "uses session.add"),
        ("await session.rollback()", "uses session.rollback"),
        ("Button('Take', f'take:{case_id}')", "writes the data of a button"),
        ("press.Button('Take', data='take')", "writes the data of a button"),
        ("key = {'text': 'Take', 'callback_data': f'take:{case_id}'}", "writes callback data"),
    ],
)
def test_what_must_not_be_is_found(line: str, fault: str) -> None:
    source = f"async def handle(talk, session, case_id, key):\n    {line}\n"
    (found, *_) = faults("handlers/cases/desk.py", source)
    assert found.startswith("handlers/cases/desk.py:2: ") and fault in found


@pytest.mark.parametrize(
    "line",
    [
        "from sqlalchemy.ext.asyncio import AsyncSession",
        "await cases.claim(talk.session, case_id)",
        "TAKE.button(talk._('Take'), case_id)",
        "Button('Open', url=f'https://example.org/{case_id}')",
        "{'text': button.text, 'callback_data': button.data}",
    ],
)
def test_what_may_be_is_left_alone(line: str) -> None:
    assert not faults("handlers/cases/desk.py", f"async def handle(talk, case_id, button):\n    {line}\n")


SHARED = {"privacy", "statistics"}
"""Folders of that name hold pages and figures that span all features."""


@pytest.mark.parametrize("package", ["handlers", "storage"])
def test_the_import_contracts_know_every_feature(package: str) -> None:
    """import-linter says nothing of a feature that its contract of independence does not list."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (listed,) = [
        one["modules"] for one in contracts if one["type"] == "independence" and package in one["modules"][0].split(".")
    ]
    rooms = [{path.parent.name for path in (ROOT / name).glob("*/__init__.py")} for name in ("handlers", "storage")]
    assert set(listed) == {f"{package}.{feature}" for feature in set.intersection(*rooms) - SHARED}
