"""Text that people wrote, as it is kept: without what nobody sees, and without what only damages it.

Characters that this Python's Unicode does not know yet stay: of rare names (CJK extensions H to J) and of new emoji. So
does private use, in which Chinese systems write rare characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

MOST_MARKS = 6
"""Combining marks on one character: more than any script needs."""

_ZWNJ, _ZWJ, _MVS = "\u200c", "\u200d", "\u180e"
_DAMAGE = {"Cc", "Cs"}
_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\uffa0\ufe00-\ufe0e\U000e0100-\U000e01ef]"
)
"""Letters and marks that show nothing (https://unicode.org/reports/tr31/, default-ignorable). The variation selector of
emoji, U+FE0F, is none of them."""
_ORDINARY = re.compile(
    r"[ -~\u00a1-\u00ac\u00ae-\u02ff\u3001-\u3029\u3041-\u3094\u30a1-\u30fa\u4e00-\u9fff\uff01-\uff5e]*"
)
"""What nearly all text consists of, and stays as it is: looked at as a whole, it costs a twentieth."""
_JOINING = re.compile(r"[\u0600-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\ufb50-\ufdff\ufe70-\ufefc]")
"""Scripts in which joiners are spelling: Arabic (Persian, Uyghur), the Indic ones, Tibetan, Khmer, Mongolian."""
_UNSEEN_IN_EMOJI = {"\ufe0f", "\U0001f3fb", "\U0001f3fc", "\U0001f3fd", "\U0001f3fe", "\U0001f3ff"}


def clean(text: str) -> str:
    """The text on one line, with single spaces and without invisible and control characters."""
    kept = text if _ORDINARY.fullmatch(text) else unicodedata.normalize("NFC", "".join(_kept(text)))
    return " ".join(kept.split())


def clean_paragraph(text: str) -> str:
    """The same over several lines, which are kept."""
    return "\n".join(clean(line) for line in text.splitlines()).strip()


def clean_code(text: str) -> str:
    """A typed number, date, time or code in its plain form: full-width signs and the digits of any script as ASCII."""
    plain = unicodedata.normalize("NFKC", clean(text))
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in plain)


def is_letter(char: str) -> bool:
    """Whether names are written with it."""
    category = unicodedata.category(char)
    return category[0] == "L" or category == "Co" or (category == "Cn" and 0x20000 <= ord(char) <= 0x3FFFD)


def is_mark(char: str) -> bool:
    """Whether it belongs to the letter before it."""
    return unicodedata.category(char)[0] == "M" or char in (_ZWNJ, _ZWJ, _MVS)


def _kept(text: str) -> Iterator[str]:
    marks = 0
    for at, char in enumerate(text):
        if char.isspace():
            yield " "
            continue
        category = unicodedata.category(char)
        marks = marks + 1 if category[0] == "M" else 0
        if marks > MOST_MARKS or category in _DAMAGE or _is_noncharacter(char) or _BLANK.match(char):
            continue
        if category != "Cf" or _joins(text[at - 1 : at], char, text[at + 1 : at + 2]):
            yield char


def _is_noncharacter(char: str) -> bool:
    code = ord(char)
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


def _joins(before: str, joiner: str, after: str) -> bool:
    """Whether a joiner stands where it has a meaning: inside a word of a script that needs it, or between emoji."""
    if joiner not in (_ZWNJ, _ZWJ, _MVS):
        return False
    if _JOINING.match(before) and _JOINING.match(after):
        return True
    return joiner == _ZWJ and _is_emoji(before) and _is_emoji(after)


def _is_emoji(char: str) -> bool:
    return char in _UNSEEN_IN_EMOJI or (char != "" and unicodedata.category(char) in ("So", "Cn"))
