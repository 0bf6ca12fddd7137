"""The texts that tests look for are texts of the bot: whoever words one differently is told its name at once."""

from __future__ import annotations

import importlib
import pkgutil
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from handlers.i18n.catalogues import LOCALES
from tests.support import words

DESKS = Path(__file__).parents[2] / "bot/config/desks.toml"
NAMED = [
    (f"{module.name}.{name}", text)
    for module in pkgutil.iter_modules(words.__path__)
    for name, text in vars(importlib.import_module(f"{words.__name__}.{module.name}")).items()
    if name.isupper()
]


def _strings(value: object) -> Iterator[str]:
    """All that stand in lists, tuples and tables, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _strings(part)


@pytest.fixture(scope="module")
def said() -> list[str]:
    """All that the bot says in English, as it is read: without tags."""
    with (LOCALES / "zh_Hans/LC_MESSAGES/nuanxin.po").open("rb") as file:
        texts = [text for message in read_po(file) for text in _strings(message.id)]
    texts += _strings(tomllib.loads(DESKS.read_text("utf-8")))
    return [re.sub("<[^>]+>", "", text) for text in texts]


@pytest.mark.parametrize(("name", "text"), NAMED, ids=[name for name, _ in NAMED])
def test_a_text_that_tests_look_for_is_said(said: list[str], name: str, text: str) -> None:
    assert any(text in one for one in said)
