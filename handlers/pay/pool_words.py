"""Cells, marks and changes of pooled pay in words."""

from __future__ import annotations

from datetime import date

from markupsafe import Markup

from handlers.chat.view import View
from handlers.i18n.formatting import labelled
from handlers.i18n.translations import clock, number
from handlers.pay import words
from storage.pay.pool.cells import HOURS, By, Cell
from storage.pay.pool.figures import SOUND_FROM, Change, Marks


def week(one: date) -> int:
    """Its number in the calendar."""
    return one.isocalendar().week


def cell(view: View, one: Cell) -> str:
    """The platform or district; "10:00–13:00" of those who begin then."""
    if one.by is By.ALL:
        return view._("Everyone who shares")
    if one.by is not By.HOUR:
        return one.name
    hour = int(one.name)
    begin, end = (clock(at, 0, view.language) for at in (hour, (hour + HOURS) % 24))
    return view._("Shifts that begin {begin}–{end}").format(begin=begin, end=end)


def people(view: View, one: Marks) -> str:
    """ "about 50 people": the number is rounded. Of few, marks are rough."""
    said = view.plural("about {n} person", "about {n} people", one.people).format(n=number(one.people, view.language))
    if one.people >= SOUND_FROM:
        return said
    return said + " · " + view._("rough")


def quarters(view: View, one: Marks) -> str:
    """ "half earn ¥27–¥36"; "" where there are too few people."""
    if one.lower is None or one.upper is None:
        return ""
    low, high = words.amount(view, one.lower), words.amount(view, one.upper)
    return view._("the middle half {low}–{high}").format(low=low, high=high)


def marks(view: View, one: Marks) -> str:
    """ "median ¥31 an hour · the middle half ¥27–¥36 · about 20 people"."""
    median = view._("median {amount} an hour").format(amount=words.amount(view, one.median))
    return " · ".join(filter(None, [median, quarters(view, one), people(view, one)]))


def change(view: View, one: Change) -> Markup:
    """ "Rates have fallen by 6% since week 41: 美团"."""
    text = view._("Rates have risen by {percent}% since week {week}")
    if one.share < 0:
        text = view._("Rates have fallen by {percent}% since week {week}")
    said = text.format(percent=round(abs(one.share) * 100), week=week(one.since))
    return labelled(view._, said, cell(view, one.cell))


def standing(view: View, one: Marks, per_hour: int) -> str:
    """Where an hourly pay is among the marks."""
    if one.lower is not None and per_hour < one.lower:
        return view._("You are in the lowest quarter.")
    if one.upper is not None and per_hour > one.upper:
        return view._("You are in the highest quarter.")
    if per_hour < one.median:
        return view._("You are below the median.")
    return view._("You are at the median or above.")
