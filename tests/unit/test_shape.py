"""What `make shape` counts, on a small source whose figures can be counted by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import shape, source

CASES = '''
from typing import Any, cast
from handlers.activities import sign_ups
from handlers.talk import Button
import handlers.cases.desk


class Desk:
    def open(self, loud: bool, *, quiet: bool = False) -> Any:
        """Opens it."""
        return cast("int", self)  # type: ignore[return-value]

    def close(self) -> None: ...

    def _hidden(self) -> None: ...


def words(talk: Any, number: int) -> list[Button]:
    talk.notify(number, "case_new", id=number)
    talk.notify(number, CaseNew(number))
    data = MOVE(number)
    return [Button("a", f"case:{number}"), Button("b", "cases"), Button("c", data), Button("d", url="https://x")]
'''


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A checkout with the features cases and activities."""
    files = {
        "handlers/__init__.py": "",
        "handlers/talk.py": "class Button: ...\n",
        "handlers/activities/sign_ups.py": "",
        "handlers/cases/desk.py": CASES,
        "handlers/cases/talk.py": "def say(text: str) -> str:\n" + "    text += text\n" * 40 + "    return text\n",
        "storage/long.py": "x = 1\n" * 301,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_everything_is_counted(tree: Path) -> None:
    figures = {name: packages["all"] for name, packages in shape.measure(tree).items()}
    assert figures == {
        "files": 6,
        "lines": 366,
        "files in the largest folder": 2,
        "rooms (files and folders at the top)": 5,
        "arrows between rooms": 2,
        "imports between features": 1,
        "files > 300 lines": 1,
        "longest file": 301,
        "functions": 5,
        "functions > 40 lines": 1,
        "longest function": 42,
        "public functions with a docstring": 25,
        "positional boolean parameters": 1,
        "lines with Any": 2,
        "cast(": 1,
        "type: ignore": 1,
        "fmt: skip": 0,
        "string payloads of buttons": 2,
        "string kinds of notices": 1,
    }


def test_a_flat_layout_has_no_figure_for_imports_between_features(tree: Path) -> None:
    for folder in ("activities", "cases"):
        (tree / "handlers" / folder).rename(tree / folder)
    assert "imports between features" not in shape.measure(tree)


def test_goals_bind_the_whole_beside_the_version_before(tree: Path) -> None:
    now = shape.measure(tree)
    before = {"functions > 40 lines": dict.fromkeys([*shape.PACKAGES, "all"], 4.0)}
    by_name = {row.name: row for row in shape.results(now, before)}
    whole = by_name["functions > 40 lines, all"]
    assert (whole.ratio, whole.passed) == (0.25, True)
    assert by_name["functions > 40 lines, handlers"].passed is None
    assert by_name["imports between features, all"].passed is False


def test_a_folder_that_is_not_there_has_no_modules(tmp_path: Path) -> None:
    assert source.read(tmp_path / "schedules") == []
