"""Numbers that point to somebody: a demand that holds one is not taken."""

from __future__ import annotations

import re

from storage.plain_text import clean_code

_APART = r"[ .\-]?"
_WRITTEN = str.maketrans("零〇一二三四五六七八九幺两", "0012345678912")
_PHONE = re.compile(
    rf"(?<!\d)(?:(?:\+|00)?86{_APART})?1[3-9](?:{_APART}\d){{9}}(?!\d)"  # a mobile phone in China
    rf"|(?<!\d)0\d{{2,3}}{_APART}\d{{7,8}}(?!\d)"  # a fixed one
    rf"|(?<!\d)[48]00{_APART}\d{{3}}{_APART}\d{{4}}(?!\d)"  # a service number
    rf"|\+\d(?:{_APART}\d){{6,14}}(?!\d)"  # one abroad
)
_LONG = re.compile(r"(?<!\d)\d{8,}(?!\d)|(?<!\d)\d{17}[xX](?![a-zA-Z])")
_IDENTITY = re.compile(rf"(?<!\d)\d{{6}}{_APART}(?:19|20)\d{{6}}{_APART}\d{{3}}[\dXx](?!\d)")


def holds_personal_number(text: str) -> bool:
    """Whether there is a phone number, an ID number, or another number of that length in the text, also in full-width
    signs or in Chinese numerals. Dates, times and sums of money are none."""
    plain = clean_code(text)
    return any(
        pattern.search(form) for form in (plain, plain.translate(_WRITTEN)) for pattern in (_PHONE, _LONG, _IDENTITY)
    )
