"""What people write, made harmless where it comes in: names and other texts of one line.

Characters that nobody sees can reverse a line, imitate another name or break a table. Those that Unicode calls
default-ignorable are listed in https://www.unicode.org/reports/tr31/ and https://unicode.org/Public/UCD.
"""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\ufe00-\ufe0e\U000e0100-\U000e01ef]")
"""Letters and marks that show nothing. The variation selector of emoji, U+FE0F, is none of them."""
_JOINERS = "\u200c\u200d"
_JOINING = frozenset(
    [
        *("ARABIC", "BENGALI", "DEVANAGARI", "GUJARATI", "GURMUKHI", "KANNADA", "KHMER", "MALAYALAM", "MANDAIC"),
        *("MONGOLIAN", "MYANMAR", "NKO", "ORIYA", "PHAGS-PA", "SINHALA", "SYRIAC", "TAMIL", "TELUGU", "TIBETAN"),
    ]
)
"""Scripts in which a joiner between two letters changes how they are written."""
_MANY_MARKS = re.compile(r"(?P<kept>[\u0300-\u036f]{4})[\u0300-\u036f]+")
_QUOTES = '“”„‟"«»「」『』'


def one_line(text: str) -> str:
    """Composed (NFC), in one line with single spaces, without control, bidirectional and other invisible characters.
    Joiners stay between letters of scripts that are written joined."""
    composed = unicodedata.normalize("NFC", text)
    kept = "".join(
        " " if char.isspace() else char for at, char in enumerate(composed) if _is_visible(char) or _joins(composed, at)
    )
    return re.sub(r" +", " ", _MANY_MARKS.sub(r"\g<kept>", unicodedata.normalize("NFC", kept))).strip()


def _is_visible(char: str) -> bool:
    if char.isspace():
        return True
    return unicodedata.category(char) not in _INVISIBLE and _BLANK.match(char) is None


def _joins(text: str, at: int) -> bool:
    return text[at] in _JOINERS and 0 < at < len(text) - 1 and _is_joining(text[at - 1]) and _is_joining(text[at + 1])


def _is_joining(char: str) -> bool:
    return unicodedata.category(char)[0] in "LM" and unicodedata.name(char, "").partition(" ")[0] in _JOINING


def person_name(text: str) -> str:
    """How somebody is called, on one line. Pictures and quotation marks are left out: the bot marks its own messages
    with the first, and puts the second around names."""
    line = one_line(text)
    return one_line("".join(char for char in line if char not in _QUOTES and not _is_picture(char)))


def _is_picture(char: str) -> bool:
    return unicodedata.category(char) in ("So", "Sk", "Sm") or char == "\ufe0f" or "\u20d0" <= char <= "\u20ff"


def quoted_name(text: str) -> str:
    """The name in quotation marks, so that nothing that it says can be taken for the bot's own words."""
    return f"“{person_name(text)}”"
