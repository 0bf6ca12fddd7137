"""Phone numbers as people type them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from storage.plain_text import clean_code

_EXTENSION = re.compile(r"\s*(?:转接?|分机号?|内线|ext\.?|x|#)\s*[:：]?\s*(\d{1,7})", re.IGNORECASE)
_WORDS = re.compile(r"[零〇一二两三四五六七八九幺壹贰叁肆伍陆柒捌玖]")
_LOCAL = re.compile(r"\d{7,8}")


class NotAPhone(ValueError):
    """The text is no phone number."""


class InWords(NotAPhone):
    """Its digits are written as words."""


class WithoutAreaCode(NotAPhone):
    """It would be one with an area code before it; the text is the number."""


@dataclass(frozen=True, slots=True)
class Phone:
    """In E.164, with the extension as it is dialled afterwards."""

    number: str
    extension: str

    def __str__(self) -> str:
        return f"{self.number} ext. {self.extension}" if self.extension else self.number


def read_phone(text: str, country: str) -> Phone:
    """Raises NotAPhone, or what it is more exactly."""
    import phonenumbers  # its tables are loaded when somebody joins, not at the start

    plain = clean_code(text[:80])
    head, extension = _without_extension(plain)
    try:
        number = phonenumbers.parse(head, country)
    except phonenumbers.NumberParseException:
        number = None
    if number is not None and phonenumbers.is_valid_number(number):
        return Phone(str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)), extension)
    if len(_WORDS.findall(plain)) >= 5:
        raise InWords
    local = re.sub(r"[ -]", "", head)
    if country == "CN" and _LOCAL.fullmatch(local) and local[0] in "2345678":
        raise WithoutAreaCode(local)
    raise NotAPhone


def area_code_of(hotline: str, country: str) -> str:
    """The area code of a landline, as it is dialled in its country; empty if it has none."""
    import phonenumbers

    try:
        number = phonenumbers.parse(hotline, country)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    length = phonenumbers.length_of_geographical_area_code(number)
    return "0" + phonenumbers.national_significant_number(number)[:length] if length else ""


def _without_extension(text: str) -> tuple[str, str]:
    found = next((found for found in _EXTENSION.finditer(text) if found.end() == len(text)), None)
    return (text, "") if found is None or found.start() < 5 else (text[: found.start()], found[1])
