"""Every string that a person hears has its Chinese."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from bot.web.site import TEMPLATES
from handlers.i18n.catalogues import LOCALES
from handlers.i18n.translations import LANGUAGES
from tests.support.translating import KEYWORDS

ROOT = Path(__file__).parents[2]
FOLDERS = ("handlers", "bot/web")
COUNTED = re.compile(r"\{(n|count|m)\} (?!of |more|min\b|h\b|m\b|km\b|is |so far|tries|riders or)[a-z]+s\b")
"""A number and a noun in the plural: English needs another text for 1."""

Message = str | tuple[str, ...]


ALWAYS_MANY = {
    "A message ({kind}) could not be sent after {n} attempts: {trouble}",
    "At most {n} lines at once. For a longer list, import a file.",
    "Close {number}? You can reopen it for {n} days.",
    "Delete <b>{name}</b>? You can restore it for {n} days.",
    "every {n} days",
    "every {n} months",
    "every {n} weeks",
    "every {n} years",
    "How did {number} end? This closes {all}. Each rider will read it and can reopen their case for {n} days.",
    "How did {number} end? The rider will read this and can reopen the case for {n} days.",
    "From the last {n} changes to all stations. The whole log is in the chat: /audit",
    "This ready answer has more than {n} blanks. Please ask an admin to shorten it.",
    "{number} is closed: {outcome}. You can reopen it for {n} days. How did it go? 1 is bad, 5 is very good.",
}
"""Here the number is above 1."""


def trees() -> Iterator[tuple[Path, ast.Module]]:
    sources = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    return ((path, ast.parse(path.read_text("utf-8"))) for path in sources)


def in_the_code() -> set[Message]:
    said = {text for _, tree in trees() for call in _calls(tree) for text in _text_of(call)}
    return said | in_the_templates()


def in_the_templates() -> set[Message]:
    """What pages for browsers say."""
    found: set[Message] = set()
    for file in TEMPLATES.glob("*.html"):
        with file.open("rb") as source:
            for _, name, said, _ in babel_extract(source, list(KEYWORDS), [], {}):
                parts = texts(said)[KEYWORDS[name or "_"]]
                found.add(parts[0] if len(parts) == 1 else tuple(parts))
    return found


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _text_of(call: ast.Call) -> Iterator[Message]:
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    arguments = call.args[KEYWORDS[name]] if name in KEYWORDS else []
    said = [one.value for one in arguments if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    if said and len(said) == len(arguments):
        yield said[0] if len(said) == 1 else tuple(said)


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def texts(message: object) -> Sequence[str]:
    return (message,) if isinstance(message, str) else tuple(message) if isinstance(message, list | tuple) else ()


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_every_string_is_translated_with_the_same_blanks(language: str) -> None:
    with (LOCALES / language / "LC_MESSAGES" / "nuanxin.po").open("rb") as file:
        catalogue = {message.id: message.string for message in read_po(file)}
    wanted = in_the_code()
    assert len(wanted) > 100
    missing = {message for message in wanted if message not in catalogue or not all(texts(catalogue[message]))}
    assert missing == set()
    for message in wanted:
        for translated in texts(catalogue[message]):
            assert blanks(translated) == blanks(texts(message)[-1]), message


def test_chinese_addresses_one_person_politely() -> None:
    with (LOCALES / "zh_Hans" / "LC_MESSAGES" / "nuanxin.po").open("rb") as file:
        found = [text for message in read_po(file) for text in texts(message.string)]
    assert [text for text in found if "你" in text.replace("你们", "")] == []


def test_babel_finds_every_text() -> None:
    """It looks for the names of KEYWORDS and passes over f-strings. What it passed over lost its Chinese once, when the
    catalogue was written again."""
    passed_over = []
    for path, tree in trees():
        in_f_strings = {call for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for call in _calls(node)}
        for call in _calls(tree):
            is_named = isinstance(call.func, ast.Call) and ast.unparse(call.func.func).endswith("translator")
            is_renamed = isinstance(call.func, ast.Name) and call.func.id == "translate"
            is_hidden = (is_named or is_renamed) and isinstance(call.args[0], ast.Constant)
            if is_hidden or (call in in_f_strings and any(_text_of(call))):
                passed_over.append(f"{path.name}:{call.lineno}")
    assert passed_over == []


def test_what_is_counted_has_a_text_for_one() -> None:
    singular_only = {message for message in in_the_code() if isinstance(message, str) and COUNTED.search(message)}
    assert singular_only == ALWAYS_MANY
