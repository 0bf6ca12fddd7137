"""Shifts and sums in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from markupsafe import Markup

from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.i18n import money
from handlers.i18n.formatting import bracketed, day_words, listed
from handlers.i18n.translations import clock, number
from storage.pay.shifts import NOT_SAID, Shift
from storage.pay.sums import Sum


def amount(view: View, hundredths: int) -> str:
    return money.amount(hundredths, view.context.settings.organisation.country, view.language)


def sign(view: View) -> str:
    """The sign of the money."""
    return money.sign_of(view.context.settings.organisation.country, view.language)


def day(talk: Talk, one: date) -> str:
    return day_words(one, talk.local_today, talk.language)


def hours(view: View, minutes: int) -> str:
    """ "9 h", "8 h 30 min"; of a week also "52 h"."""
    if minutes % 60 == 0:
        return view._("{n} h").format(n=number(minutes // 60, view.language))
    if minutes < 60:
        return view._("{n} min").format(n=minutes)
    return view._("{hours} h {minutes} min").format(hours=number(minutes // 60, view.language), minutes=minutes % 60)


def orders(view: View, count: int) -> str:
    return view.plural("{n} order", "{n} orders", count).format(n=number(count, view.language))


def shift(view: View, one: Shift) -> str:
    """ "9 h · 42 orders · ¥318"."""
    return _three(view, one.minutes, one.orders, one.money)


def _three(view: View, minutes: int, count: int, money_of: int) -> str:
    """Without the orders where they were skipped."""
    counted = [] if count == NOT_SAID else [orders(view, count)]
    return " · ".join([hours(view, minutes), *counted, amount(view, money_of)])


def extras(view: View, one: Shift) -> Iterator[str]:
    """ "bonus ¥20", as far as there are any."""
    if one.platform:
        yield one.platform
    if one.began >= 0:
        yield view._("from {time}").format(time=clock(one.began, 0, view.language))
    if one.bonus:
        yield view._("bonus {amount}").format(amount=amount(view, one.bonus))
    if one.fines:
        yield view._("fines {amount}").format(amount=amount(view, one.fines))
    if one.costs:
        yield view._("costs {amount}").format(amount=amount(view, one.costs))


def in_full(view: View, one: Shift) -> Markup:
    """A shift over two lines: what it was, and its pay by the hour and by the order."""
    more = listed(extras(view, one), view.language)
    lines = [Markup("<b>{}</b>").format(shift(view, one))]
    if more:
        lines.append(Markup("{}").format(more))
    rates = rate_words(view, Sum(1, one.minutes, one.orders, one.paid, one.costs, one.paid))
    return Markup("\n").join([*lines, Markup("{}").format(rates)])


def rate_words(view: View, one: Sum) -> str:
    """ "¥35.30 an hour · ¥7.57 an order"; of which shifts the latter is, where not of all."""
    said = []
    if one.per_hour is not None:
        said.append(view._("{amount} an hour").format(amount=amount(view, one.per_hour)))
    if one.per_order is not None:
        by_order = view._("{amount} an order").format(amount=amount(view, one.per_order))
        if one.leaves_out_shifts:
            by_order = bracketed(view._, by_order, view._("only shifts with orders"))
        said.append(by_order)
    return " · ".join(said)


def sum_words(view: View, one: Sum) -> str:
    """ "5 days · 45 h · 210 orders · ¥1,590"."""
    days = view.plural("{n} day", "{n} days", one.days).format(n=one.days)
    return f"{days} · {brief(view, one)}"


def brief(view: View, one: Sum) -> str:
    """ "9 h · 42 orders · ¥318": of whatever days."""
    return _three(view, one.minutes, one.orders, one.paid)


def total(view: View, one: Sum) -> str:
    """ "18 h · 84 orders · ¥636 (2 shifts)": of a day on which there was more than one."""
    shifts = view.plural("{n} shift", "{n} shifts", one.shifts).format(n=number(one.shifts, view.language))
    return bracketed(view._, brief(view, one), shifts) if one.shifts > 1 else brief(view, one)


def change_words(view: View, share: float | None) -> str:
    """ "↓ 6 % against last month"; "" where there is nothing to compare, or no change."""
    if share is None or abs(share) < 0.005:
        return ""
    arrow = "↑" if share > 0 else "↓"
    return view._("{arrow} {percent}% against last month").format(arrow=arrow, percent=round(abs(share) * 100))
