"""What people write can neither be hidden in a line nor imitate the bot."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.plain_text import clean
from storage.spreadsheet_cells import escaped, harmless, unescaped
from storage.written_text import person_name, quoted_name


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Hall\nof riders", "Hall of riders"),
        ("a\u2028b\u2029c\td", "a b c d"),
        ("abc\u202egnp.exe", "abcgnp.exe"),
        ("\u2066Li\u2069", "Li"),
        ("a\u200b\ufeff\u00adb", "ab"),
        ("pay\u200dslip", "payslip"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\u3164\u2800\uffa0", ""),
        ("e\u0301", "é"),
        ("Z" + "\u0300" * 50, "Z" + "\u0300" * 6),
        ("🏀  3x3", "🏀 3x3"),
    ],
)
def test_a_text_is_one_plain_line(written: str, kept: str) -> None:
    assert clean(written) == kept


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_whatever_is_written_becomes_one_line_once_and_for_all(written: str) -> None:
    line = clean(written)
    assert clean(line) == line == unicodedata.normalize("NFC", line)
    assert len(line.splitlines()) <= 1 and "\u202e" not in line and "\u200b" not in line


def test_what_is_looked_at_as_a_whole_stays_what_it_is_by_itself() -> None:
    """Beside a Thai letter, every character is looked at alone."""
    for char in map(chr, range(0x10000)):
        if unicodedata.category(char)[0] != "M":
            assert clean(f"a{char}a")[1:-1] == clean(f"ก{char}ก")[1:-1], hex(ord(char))


@pytest.mark.parametrize("name", ["📝 note", "⚖️ L-2026-000123", "🚨 Li", "”· case handler", "“note”"])
def test_a_name_can_not_look_like_the_bots_own_words(name: str) -> None:
    shown = quoted_name(name)
    assert shown[0] == "“" and shown[-1] == "”" and not set(shown[1:-1]) & set("“”📝⚖🚨")


@pytest.mark.parametrize("name", ["李雷", "Anne-Marie O’Neill", "买买提·艾力", "Zoë", "أحمد"])
def test_a_name_stays_as_it_is(name: str) -> None:
    assert person_name(name) == name


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n"])
def test_no_cell_is_taken_for_a_formula(sign: str) -> None:
    """Full-width signs are typed with a Chinese keyboard, and begin a formula in East Asian versions."""
    assert harmless(f"{sign}HYPERLINK(1)") == f"'{sign}HYPERLINK(1)"
    assert unescaped(escaped(f"'{sign}1")) == f"'{sign}1"


@given(st.text())
def test_a_cell_comes_back_as_it_was(text: str) -> None:
    line = clean(text)
    assert unescaped(escaped(line)) == line
    assert not escaped(line).startswith(tuple("=+-@＝＋－＠\t\r\n"))
