"""Amounts of money, in hundredths, as each language writes them: ¥318, ¥35.30."""

from __future__ import annotations

from functools import lru_cache

from babel.numbers import get_currency_symbol, get_territory_currencies

from handlers.i18n.translations import number

_OWN_SIGN = {"CNY": "¥"}
"""Where another language would put the country before the sign: all amounts of a bot are of one country."""


@lru_cache(maxsize=64)
def sign_of(country: str, language: str) -> str:
    """The sign of the money of a country (ISO 3166, two letters); "" if none is known."""
    currencies = get_territory_currencies(country)
    if not currencies:
        return ""
    return _OWN_SIGN.get(currencies[0]) or str(get_currency_symbol(currencies[0], language))


def amount(hundredths: int, country: str, language: str) -> str:
    """ "¥318", "¥35.30", "−¥5"."""
    digits = number(abs(hundredths) // 100, language)
    if hundredths % 100:
        digits = f"{digits}.{abs(hundredths) % 100:02d}"
    return f"{'−' if hundredths < 0 else ''}{sign_of(country, language)}{digits}"
