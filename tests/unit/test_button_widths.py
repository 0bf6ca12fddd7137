"""Labels fit their buttons on a narrow phone (360 pixels), where Telegram cuts what is longer."""

from __future__ import annotations

import ast
import re
import tomllib
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from handlers.admin.setting_list import SETTINGS
from handlers.i18n.translations import translator

HANDLERS = Path(__file__).parents[2] / "handlers"
ROOM = {1: 13.5, 2: 6.5, 3: 4.0, 4: 3.0}
"""For the label of a button, by the number of buttons in its row; in the widths of a Chinese character."""
JOINED = re.compile("\u200d.")
"""What is joined to an emoji makes it no wider."""
BLANKS = {"{n}": "99", "{role}": "办理人", "{topic}": "📰 资讯", "{number}": "L-2026-000001", "{who}": "接待您的人"}


def width(label: str) -> float:
    """In Chinese characters: signs and emojis are as wide, letters and digits half as wide, joiners nothing."""
    for blank, filled in BLANKS.items():
        label = label.replace(blank, filled)
    shown = JOINED.sub("", label)
    return sum(
        0.0 if unicodedata.category(char) in ("Mn", "Cf") else 1.0 if ord(char) > 0x2000 else 0.5 for char in shown
    )


def _label(node: ast.expr) -> str | None:
    """The text of a button whose label is translated on the spot, perhaps with blanks filled in."""
    match node:
        case ast.Call(func=ast.Attribute(attr="button") | ast.Name(id="Button"), args=[label, *_]):
            return _text(label)
    return None


def _text(node: ast.expr) -> str | None:
    match node:
        case ast.Call(func=ast.Name(id="_") | ast.Attribute(attr="_"), args=[ast.Constant(value=str(text))]):
            return text
        case ast.Call(func=ast.Attribute(attr="format", value=text)):
            return _text(text)
    return None


def rows(source: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that are written out: their lines and the labels in them that can be told."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.List):
            labels = [_label(part) for part in node.elts]
            said = [label for label in labels if label is not None]
            if said:
                yield node.lineno, [*said, *[""] * (len(labels) - len(said))]


def test_labels_that_are_written_out_fit() -> None:
    _ = translator("zh_Hans")
    found = [
        f"{path.relative_to(HANDLERS)}:{line}: {_(label)} ({width(_(label)):g} of {ROOM[len(labels)]:g})"
        for path in sorted(HANDLERS.rglob("*.py"))
        for line, labels in rows(path.read_text("utf-8"))
        for label in labels
        if label and width(_(label)) > ROOM[len(labels)]
    ]
    assert found == []


def test_what_a_form_asks_fits_on_its_page_of_review() -> None:
    """Two in a row, behind a pencil."""
    _ = translator("zh_Hans")
    titles = {
        _(str(node.args[0].args[0].value))
        for path in HANDLERS.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Question" and node.args
        if isinstance(node.args[0], ast.Call) and isinstance(node.args[0].args[0], ast.Constant)
    }
    assert len(titles) > 40
    assert [title for title in titles if width(f"✎ {title}") > ROOM[2]] == []


def test_the_kinds_of_the_desks_fit_two_in_a_row() -> None:
    desks = tomllib.loads((HANDLERS.parent / "bot/config/desks.toml").read_text("utf-8"))["desks"]
    kinds = [kind["words"]["zh_Hans"] for desk in desks.values() for kind in desk["kinds"]]
    assert len(kinds) > 20
    assert [kind for kind in kinds if width(kind) > ROOM[2]] == []


def test_the_settings_fit_two_in_a_row() -> None:
    _ = translator("zh_Hans")
    assert [_(one.title) for one in SETTINGS.values() if width(_(one.title)) > ROOM[2]] == []
