"""Whatever a person reads goes through the catalogue, also inside of an f-string, which Babel passes over."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.support.translating import KEYWORDS

HANDLERS = Path(__file__).parents[2] / "handlers"
SAYS = {
    **dict.fromkeys(("say", "edit", "answer_callback", "edit_caption", "photo", "close"), slice(None)),
    **dict.fromkeys(("NotAnAnswer", "Markup", "labelled", "bracketed", "escape"), slice(None)),
    **dict.fromkeys(("button", "Button"), slice(1)),
    "Choice": slice(1, 2),
    "document": slice(2, 3),
}
"""The calls by which a text reaches a person, and which of their arguments are texts."""
PASSED_ON = {"format", "join", "strip", "upper"}
MARKS = re.compile(r"<style>.*?</style>|<[^>]*>|\{[^}]*\}|&\w+;|/[a-z]+")
"""Tags, blanks and commands. What has letters besides is said in one language only."""
EXCEPTIONS = {
    "请选择语言 / Choose your language": "for whoever has not chosen a language yet",
    "Nuanxin {} · {}": "a name",
    "ℹ️ {}": "a sign that Unicode counts as a letter",
    "Apple": "a name",
    "Google": "a name",
    "OSM": "a name",
}
"""What is written alike in all languages, and why."""


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _literals(node: ast.AST) -> Iterator[tuple[int, str]]:
    """The literal parts of a text, without what is translated, looked up or compared."""
    match node:
        case ast.Constant(value=str(text)):
            yield node.lineno, text
        case ast.JoinedStr(values=parts):
            yield from (found for part in parts for found in _literals(part))
        case ast.FormattedValue(value=value):
            yield from _literals(value)
        case ast.BinOp(left=left, right=right):
            yield from (*_literals(left), *_literals(right))
        case ast.IfExp(body=body, orelse=orelse):
            yield from (*_literals(body), *_literals(orelse))
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            yield from (found for part in parts for found in _literals(part))
        case ast.Call(func=ast.Attribute(value=text)) if _name(node) in PASSED_ON:
            yield from (found for part in (text, *node.args) for found in _literals(part))


def _texts(node: ast.AST) -> Iterator[tuple[int, str]]:
    """What this part of a program says: to a person, or beside something that is translated."""
    match node:
        case ast.Call() if _name(node) in SAYS:
            yield from (found for part in node.args[SAYS[_name(node)]] for found in _literals(part))
        case ast.JoinedStr() | ast.BinOp():
            inner = [part for part in ast.walk(node) if isinstance(part, ast.Call)]
            if any(_name(call) in KEYWORDS for call in inner):
                yield from _literals(node)


def untranslated(source: str) -> list[tuple[int, str]]:
    """Literals with letters that a person would read, with their lines."""
    found = {one for node in ast.walk(ast.parse(source)) for one in _texts(node)}
    return sorted(one for one in found if any(map(str.isalpha, MARKS.sub("", one[1]))))


def test_every_text_that_people_read_is_translated() -> None:
    found = [
        f"{path.relative_to(HANDLERS)}:{line}: {text!r}"
        for path in sorted(HANDLERS.rglob("*.py"))
        for line, text in untranslated(path.read_text("utf-8"))
        if text not in EXCEPTIONS
    ]
    assert found == []


def test_no_two_titles_of_a_form_differ_by_one_letter() -> None:
    """As "✎ Place" beside "✎ Places" on the page of review of an activity."""
    for path in HANDLERS.rglob("*.py"):
        titles = set(re.findall(r'Question\(\s*(?:title=)?N_\("([^"]*)"\)', path.read_text("utf-8")))
        assert [title for title in titles if f"{title}s" in titles] == [], path


def test_english_beside_a_translation_is_found() -> None:
    """As version 0.7 had it in its figures and reviews."""
    source = """talk.say(f"{talk._('Searches')} · so far")\nlines.append(_('x') + " for 30 minutes")"""
    assert untranslated(source) == [(1, " · so far"), (2, " for 30 minutes")]


def _half_width_colons(source: str) -> list[str]:
    """Texts that are put together without the colon of the language: those of `labelled` have it."""
    return [
        str(text.value)
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call) and _name(call) == "Markup"
        for text in call.args
        if isinstance(text, ast.Constant) and re.search(r"(?:^|[}>]): ", str(text.value))
    ]


def test_labels_have_the_colon_of_the_language() -> None:
    """As "本周: 1 天" in the pay book."""
    assert _half_width_colons('Markup("<b>{}</b>: {}").format(title, value)') == ["<b>{}</b>: {}"]
    found = {path.name: _half_width_colons(path.read_text("utf-8")) for path in HANDLERS.rglob("*.py")}
    assert {name: texts for name, texts in found.items() if texts} == {
        "data_copy.py": ["{}: {}"]  # the names of columns, in the file of everything that is stored
    }
