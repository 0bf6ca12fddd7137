"""Every string that a person hears has its Chinese."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from handlers.i18n.translations import LANGUAGES, LOCALES

KEYWORDS = {"_": None, "N_": None}


def in_the_code() -> set[str]:
    root = Path(__file__).parents[2] / "handlers"
    found = extract_from_dir(str(root), [("**.py", "python")], keywords=KEYWORDS)
    return {message for _, _, message, _, _ in found if isinstance(message, str)}


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_every_string_is_translated_with_the_same_blanks(language: str) -> None:
    with (LOCALES / language / "LC_MESSAGES" / "nuanxin.po").open("rb") as file:
        catalogue = {message.id: message.string for message in read_po(file) if isinstance(message.id, str)}
    wanted = in_the_code()
    assert len(wanted) > 100
    assert {message for message in wanted if not catalogue.get(message)} == set()
    assert {message for message in wanted if blanks(message) != blanks(str(catalogue[message]))} == set()
