"""Numbers that point to a person: of phones and identity documents, and addresses of mail."""

from __future__ import annotations

import re
import unicodedata

_DIGITS = str.maketrans("〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖", "00123456789" + "1" + "123456789")
_GAP = r"[\s.·_*/–—-]*"
_MOBILE = re.compile(rf"(?<!\d)(?:\+?86{_GAP})?1{_GAP}[3-9]{_GAP}(?:\d{_GAP}){{8}}\d(?!\d)")
_LANDLINE = re.compile(rf"(?<!\d)0\d{{2,3}}[\s)）-]*\d(?:{_GAP}\d){{6,7}}(?!\d)")
_INTERNATIONAL = re.compile(rf"(?:\+|(?<!\d)00)[1-9](?:{_GAP}\d){{7,14}}(?!\d)")
_IDENTITY = re.compile(rf"(?<!\d)[1-9](?:{_GAP}\d){{16}}{_GAP}[\dXx](?!\d)")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.\w{2,}")


def holds_private_number(text: str) -> bool:
    """Whether it has one, also in full-width or Chinese digits, or with signs in between."""
    plain = unicodedata.normalize("NFKC", text).translate(_DIGITS)
    return any(pattern.search(plain) for pattern in (_MOBILE, _LANDLINE, _INTERNATIONAL, _IDENTITY, _MAIL))
