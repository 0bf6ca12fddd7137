"""Numbers of identity documents in China.

A resident's number (GB 11643-1999) has 18 characters: 6 for the place, 8 for the birth date, 3 in sequence, 1 check
character. Residence permits of people from Hong Kong (81), Macau (82) and Taiwan (83), and permanent residence cards
of foreigners (9 in front, since 2023), have the same form. Whether a county existed when a number was given is not
checked: counties come and go, and the check character finds what is mistyped.
"""

from __future__ import annotations

import re
from datetime import date
from enum import Enum

from storage.plain_text import clean_code

_PROVINCES = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
_FOREIGN = "9"
_RESIDENT = re.compile(r"\d{6}(\d{4})(\d{2})(\d{2})\d{3}[\dX]")
_FIRST_YEAR = 1_880
_LENGTH = 18
_PASSPORT, _PERMIT = "PASSPORT", "PERMIT"
_DOCUMENTS = {
    **dict.fromkeys(("护照", _PASSPORT), _PASSPORT),
    **dict.fromkeys(("通行证", "回乡证", "台胞证", "港澳通行证", _PERMIT), _PERMIT),
    **dict.fromkeys(("港澳居民来往内地通行证", "台湾居民来往大陆通行证"), _PERMIT),
}
_OTHER = re.compile(
    rf"({'|'.join(sorted(_DOCUMENTS, key=len, reverse=True))})[ :]*([A-Z0-9][A-Z0-9 -]{{3,24}}[A-Z0-9])"
)


class Fault(Enum):
    """Which part of a resident's number is wrong."""

    CHARACTERS = "characters"
    LENGTH = "length"
    PLACE = "place"
    BIRTH_DATE = "birth date"
    CHECK = "check character"


class NotAResidentNumber(ValueError):
    """`length` is how many characters were written."""

    def __init__(self, fault: Fault, length: int) -> None:
        super().__init__(fault.value)
        self.fault, self.length = fault, length


def resident_number(text: str, today: date) -> str:
    """The number in its plain form.

    Raises:
        NotAResidentNumber: it is none; the first fault of those that it has, read from the left.
    """
    number = re.sub(r"[ -]", "", clean_code(text[:60]).upper())
    fault = _fault(number, today)
    if fault is not None:
        raise NotAResidentNumber(fault, len(number))
    return number


def _fault(number: str, today: date) -> Fault | None:
    if not re.fullmatch(r"\d+X?", number):
        return Fault.CHARACTERS
    found = _RESIDENT.fullmatch(number)
    if found is None:
        return Fault.LENGTH if len(number) != _LENGTH else Fault.CHARACTERS
    if not (_PROVINCES.match(number) or number.startswith(_FOREIGN)):
        return Fault.PLACE
    try:
        born = date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return Fault.BIRTH_DATE
    if not date(_FIRST_YEAR, 1, 1) <= born <= today:
        return Fault.BIRTH_DATE
    from stdnum.cn import ric

    return None if number[-1] == ric.calc_check_digit(number) else Fault.CHECK


def other_document(text: str) -> str | None:
    """A passport or travel permit, named before its number: "PASSPORT E12345678"; None if it is none."""
    found = _OTHER.fullmatch(clean_code(text[:60]).upper())
    return None if found is None else f"{_DOCUMENTS[found[1]]} {re.sub('[ -]', '', found[2])}"
