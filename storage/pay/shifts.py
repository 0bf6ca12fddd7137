"""What a shift brought, and reading it from one line: "9h 42 318", 9小时 42单 318元.

Minutes are whole, money is whole hundredths of the currency.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from storage.plain_text import clean_code

NOT_SAID = -1
MOST_MINUTES, MOST_ORDERS, MOST_MONEY = 24 * 60, 1_000, 10_000_000


@dataclass(frozen=True, slots=True)
class Shift:
    """`money` is what the platform paid before `bonus` and `fines`; `costs` are the rider's own. `began` is the hour of
    the day in which it began, -1 if it is not known; `orders` are -1 if the rider skipped them."""

    minutes: int
    orders: int
    money: int
    bonus: int = 0
    fines: int = 0
    costs: int = 0
    platform: str = ""
    began: int = -1

    @property
    def paid(self) -> int:
        """What the platform paid in all."""
        return self.money + self.bonus - self.fines

    @property
    def left(self) -> int:
        """What is left of it after the rider's own costs."""
        return self.paid - self.costs


class NotAShift(ValueError):
    """The line is none; `what` is the value that is missing or makes no sense: hours, orders, money."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


_NUMBER = r"\d{1,7}(?:[.,]\d{1,2})?"
_HOUR = r"(?:小时|个?钟头?|时|hours?|hrs?|h)(?![a-z])"
_MINUTE = r"(?:分钟?|minutes?|mins?|m)(?![a-z])"
_CURRENCY = r"[¥￥$€£]"
_MONEY = r"(?:元|块钱?|(?:rmb|cny|yuan|usd|eur)(?![a-z]))"
_ORDER = r"(?:单|趟|(?:orders?|trips?|deliveries|drops?)(?![a-z]))"
_EXTRAS = {
    "bonus": r"(?:奖金|奖励|补贴|小费|bonus|tips?)",
    "fines": r"(?:罚款|扣款|罚|扣|fines?|penalt(?:y|ies)|deducted)",
    "costs": r"(?:成本|花费|油费|电费|餐费|costs?|fuel|petrol|gas)",
}


def _cents(text: str) -> int:
    return int(Decimal(text.replace(",", ".")) * 100)


def _whole(text: str) -> int:
    if text in _SKIPS:
        return NOT_SAID
    if not text.isdigit():
        raise NotAShift("orders")
    return int(text)


def _minutes(text: str) -> int:
    return int(Decimal(text.replace(",", ".")).to_integral_value())


def _of_hours(text: str) -> int:
    return int((Decimal(text.replace(",", ".")) * 60).to_integral_value())


def _with_minutes(found: re.Match[str]) -> int:
    """8h30, 8小时30分, 8小时半."""
    return _of_hours(found[1]) + (30 if found[2] else int(found[3] or found[4] or 0))


_VALUES: dict[str, Callable[[str], int]] = {"minutes": _of_hours, "orders": _whole, "money": _cents}
"""In the order in which numbers without a unit stand for them."""
_TOKENS: list[tuple[str, re.Pattern[str], Callable[[re.Match[str]], int]]] = [
    *(
        (name, re.compile(rf"{word}\s*:?\s*{_CURRENCY}?\s*({_NUMBER})\s*{_MONEY}?"), lambda found: _cents(found[1]))
        for name, word in _EXTRAS.items()
    ),
    ("minutes", re.compile(r"(\d{1,2}):([0-5]\d)(?!\d)"), lambda found: int(found[1]) * 60 + int(found[2])),
    (
        "minutes",
        re.compile(rf"({_NUMBER})\s*{_HOUR}(?:\s*(半)|\s*(\d{{1,2}})\s*{_MINUTE}|(\d{{1,2}})(?![\d.a-z单元块趟]))?"),
        _with_minutes,
    ),
    ("minutes", re.compile(rf"({_NUMBER})\s*{_MINUTE}"), lambda found: _minutes(found[1])),
    ("orders", re.compile(rf"({_NUMBER})\s*{_ORDER}"), lambda found: _whole(found[1])),
    ("money", re.compile(rf"{_CURRENCY}\s*({_NUMBER})\s*{_MONEY}?"), lambda found: _cents(found[1])),
    ("money", re.compile(rf"({_NUMBER})\s*(?:{_CURRENCY}|{_MONEY})"), lambda found: _cents(found[1])),
]
_HOURS_FIRST = re.compile(rf"\s*{_NUMBER}\s*{_HOUR}")
_SKIPS = "-–—"
_BARE = re.compile(rf"{_NUMBER}|[{_SKIPS}](?=\s|$)")
"""A number, or a dash in place of one that is skipped."""
_BETWEEN = re.compile(r"[\s,、;/|+和共是跑了赚收入工作今天]|(?:and|worked|made|earned|in|for|today)(?![a-z])")


def read_line(text: str) -> Shift:
    """The shift that a line describes: hours, orders and money, each with its unit or in this order. Orders may be
    skipped: with a dash in their place, or where hours and money have their units.

    Raises:
        NotAShift: see the class.
    """
    found, bare = _tokens(text)
    if not bare and {"minutes", "money"} <= found.keys():
        found.setdefault("orders", NOT_SAID)
    for name, read in _VALUES.items():
        if name not in found and bare:
            found[name] = _read_bare(name, read, bare.pop(0))
    if bare:
        raise NotAShift("line")
    return checked(found)


def read_unasked(text: str) -> Shift | None:
    """The shift that somebody writes without being asked; None unless at least two values have their unit, since three
    numbers may be anything."""
    try:
        found, _bare = _tokens(text)
        return read_line(text) if len(found.keys() & _VALUES.keys()) > 1 else None
    except NotAShift:
        return None


def read_of_keeper(text: str) -> Shift | None:
    """The same of somebody who keeps a book: it is also one where hours with their unit come first, and orders and
    money follow without: "9h 42 318", the line that the book itself asks for."""
    shift = read_unasked(text)
    if shift is not None or _HOURS_FIRST.match(_plain(text)) is None:
        return shift
    try:
        return read_line(text)
    except NotAShift:
        return None


def _plain(text: str) -> str:
    return clean_code(text).replace("两", "2").casefold()


def _tokens(text: str) -> tuple[dict[str, int], list[str]]:
    """What stands in it with a unit, and the numbers without one. Raises NotAShift: see the class."""
    plain = _plain(text)
    found: dict[str, int] = {}
    bare: list[str] = []
    at = 0
    while at < len(plain):
        at = _token(plain, at, found, bare)
    return found, bare


def _read_bare(name: str, read: Callable[[str], int], text: str) -> int:
    if text in _SKIPS and name != "orders":
        raise NotAShift("hours" if name == "minutes" else name)
    return read(text)


def _token(plain: str, at: int, found: dict[str, int], bare: list[str]) -> int:
    """Reads what stands there, and tells where it ends."""
    for name, pattern, read in _TOKENS:
        token = pattern.match(plain, at)
        if token is None:
            continue
        if name in found and name not in _EXTRAS:
            raise NotAShift("line")
        found[name] = found.get(name, 0) + read(token)
        return token.end()
    token = _BARE.match(plain, at)
    if token is not None:
        bare.append(token[0])
        return token.end()
    token = _BETWEEN.match(plain, at)
    if token is None:
        raise NotAShift("line")
    return token.end()


def checked(values: dict[str, int]) -> Shift:
    """The shift of these values.

    Raises:
        NotAShift: see the class.
    """
    for name, most in (("minutes", MOST_MINUTES), ("orders", MOST_ORDERS), ("money", MOST_MONEY)):
        least = {"minutes": 1, "orders": NOT_SAID}.get(name, 0)
        if name not in values or not least <= values[name] <= most:
            raise NotAShift("hours" if name == "minutes" else name)
    if any(not 0 <= values.get(name, 0) <= MOST_MONEY for name in _EXTRAS):
        raise NotAShift("money")
    bonus, fines, costs = (values.get(name, 0) for name in _EXTRAS)
    return Shift(values["minutes"], values["orders"], values["money"], bonus, fines, costs)
