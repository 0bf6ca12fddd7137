"""What answers another question than the one that is open: a number that belongs elsewhere, a sentence for a name.

Names have every shape, and nobody is to be kept from giving theirs: a sentence is only what has several signs of one,
or one sign and a subject of which the bot knows.
"""

from __future__ import annotations

import re
from enum import Enum

from storage.people.identity_numbers import other_document
from storage.plain_text import clean_code


class Kind(Enum):
    PHONE = "phone"
    ID_NUMBER = "ID number"


_BETWEEN_DIGITS = re.compile(r"(?<=[\d)])[ ()-]+(?=[\dX(])")
_ID_NUMBER = re.compile(r"(?<!\d)[1-9](?:\d{16}[\dX]|\d{14,15}|\d{18})(?![\dX])")
"""Of the identity card, with 15 digits until 1999; of a bank card with 16 or 19."""
_PHONE = re.compile(r"(?<!\d)(?:\+\d{8,15}|(?:00)?(?:86)?1[3-9]\d{9})(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)0\d{2,3}[) -]{1,2}\d{7,8}(?!\d)")


def number_in(text: str) -> Kind | None:
    """The number of a person that stands in the text, however it is typed. What is wrong in one place is still one."""
    code = clean_code(text).upper()
    plain = _BETWEEN_DIGITS.sub("", code)
    if _ID_NUMBER.search(plain) or other_document(text) is not None:
        return Kind.ID_NUMBER
    return Kind.PHONE if _PHONE.search(plain) or _LANDLINE.search(code) else None


def is_only_a_number(text: str) -> bool:
    """Whether it has seven digits or more, and no letter."""
    return len(re.findall(r"\d", clean_code(text))) >= 7 and not re.search(r"[^\W\d_]", text)


_HAN = re.compile(r"[\u3400-\u9fff]")
_SIGNS = re.compile(
    r"我|你|您|她|们|吗|呢|了|的|被|没|还|怎|谁|啥|想|要|帮|哪[里儿个]|什么|多少|可以|为何|[这那]个|"
    r"不(?:想|知|写|说|填|要|能|给|会|让|发|行|懂|明)"
)
_OPENING = re.compile(
    r"不(?:想|知道|写|说|填|要|能|给|会|方便)|没有|为(?:什么|啥|何)|凭什么|干(?:嘛|什么|啥)|怎么|什么|请问|谢谢|[您你]好|在吗|在不在"
)
_WORDLESS = frozenset({"匿名", "保密", "随便", "好的", "可以", "知道了", "hello", "okay", "thanks", "thank you", "yes"})
_VERBS = re.compile(r"[找扣罚欠封骂退讨摔撞求]")
_SPEECH = re.compile(
    r"\b(?:they|them|their|your|our|this|that|these|what|why|when|where|which|was|were|have|has|wants?|needs?|help|please"
    r"|because|(?:do|ca|wo|did|does|is|was|have)n't|(?:i|you|we|they|it|he|she)'(?:m|ve|d|re|ll|s))\b"
)
_PRONOUN = re.compile(r"\b(?:i|he|she|we|you|me|my|us|it)\b")


def is_sentence(text: str) -> bool:
    """Whether somebody speaks here, and names nobody and nothing."""
    plain = clean_code(text).casefold().replace("’", "'").strip(" .!?。！？,，")
    if plain in _WORDLESS or _OPENING.match(plain):
        return True
    if _HAN.search(plain):
        return "·" not in plain and len(plain) >= 4 and len(set(_SIGNS.findall(plain))) >= 2
    return len(plain.split()) >= 3 and bool(_SPEECH.search(plain))


def may_be_sentence(text: str) -> bool:
    """The same where the words are about something that the bot knows, such as pay: then one sign is enough."""
    plain = clean_code(text).casefold().replace("’", "'")
    if _HAN.search(plain):
        return "·" not in plain and bool(_SIGNS.search(plain) or _VERBS.search(plain))
    return len(plain.split()) >= 3 and bool(_SPEECH.search(plain) or _PRONOUN.search(plain))
