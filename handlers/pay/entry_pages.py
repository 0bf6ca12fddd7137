"""The entries of a pay book: looked at, corrected, removed; and a chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from markupsafe import Markup

from handlers.chat.confirming import confirming
from handlers.chat.press import Button, Page
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.forms import forms
from handlers.i18n.day_names import month_and_year
from handlers.i18n.formatting import labelled
from handlers.i18n.translations import day_of_year
from handlers.pay import presses, words
from handlers.pay.book import receipt
from handlers.pay.form import Correction, correcting
from storage.pay import entries, sums
from storage.pay.entries import Entry
from storage.pay.ids import EntryId
from storage.pay.sums import Sum

_ON_A_PAGE = 6


def register(routes: Routes) -> None:
    routes.press(presses.LIST, turn, writes=False)
    routes.press(presses.SHOW, show, writes=False)
    routes.press(presses.EDIT, edit)
    routes.press(presses.ASK_TO_REMOVE, ask_to_remove, writes=False)
    routes.press(presses.REMOVE, remove)
    routes.press(presses.CHART, chart, writes=False)
    routes.form(_CORRECTION)


async def turn(talk: Talk, page: int) -> None:
    talk.edit(*await _list(talk, page))


async def _list(talk: Talk, page: int) -> Page:
    kept = list(reversed(await entries.all_of(talk.session, talk.person.id)))
    pages = max(1, -(-len(kept) // _ON_A_PAGE))
    page = min(max(page, 0), pages - 1)
    rows: list[list[Button]] = []
    for entry in kept[page * _ON_A_PAGE : (page + 1) * _ON_A_PAGE]:
        label = f"{day_of_year(entry.day, talk.language)} · {words.shift(talk.view, entry.shift)}"
        rows.append([presses.SHOW.button(label, entry.id)])
    around = []
    if page:
        around.append(presses.LIST.button("◀", page - 1))
    if page + 1 < pages:
        around.append(presses.LIST.button("▶", page + 1))
    text = Markup("🗒 <b>{}</b>").format(talk._("Entries")) if kept else Markup.escape(talk._("Nothing noted yet."))
    return text, [*rows, around, [presses.BOOK.button(talk._("📒 My pay book"))]]


async def show(talk: Talk, entry_id: EntryId) -> None:
    talk.edit(*_entry(talk, await entries.find(talk.session, talk.person.id, entry_id)))


def _entry(talk: Talk, entry: Entry) -> Page:
    """An entry with what it said before."""
    made = talk.view.moment(entry.made_at)
    lines = [
        Markup("<b>{}</b>").format(words.day(talk, entry.day)),
        words.in_full(talk.view, entry.shift),
        Markup("<i>{}</i>").format(talk._("Noted {moment}").format(moment=made)),
    ]
    for version in entry.versions[:-1]:
        said = talk._("Before: {shift}").format(shift=words.shift(talk.view, version.shift))
        lines.append(Markup("<i>{}</i>").format(said))
    change_it = presses.EDIT.button(talk._("✎ Change"), entry.id)
    return Markup("\n").join(lines), [
        [change_it, presses.ASK_TO_REMOVE.button(talk._("🗑 Remove …"), entry.id)],
        [presses.LIST.button(talk._("◀ Entries"), 0)],
    ]


async def edit(talk: Talk, entry_id: EntryId) -> None:
    """All that can be said about a shift, on one page."""
    entry = await entries.find(talk.session, talk.person.id, entry_id)
    one = entry.shift
    draft = Correction(
        id=entry.id,
        shift=one,
        platform=one.platform,
        began=one.began,
        bonus=one.bonus,
        fines=one.fines,
        costs=one.costs,
    )
    await forms.begin_review(talk, _CORRECTION, draft)


async def _corrected(talk: Talk, draft: Correction) -> None:
    one = replace(
        draft.shift,
        platform=draft.platform,
        began=draft.began,
        bonus=draft.bonus,
        fines=draft.fines,
        costs=draft.costs,
    )
    entry = await entries.change(talk.session, talk.person.id, draft.id, one, talk.now)
    talk.say(*await receipt(talk, entry))


async def ask_to_remove(talk: Talk, entry_id: EntryId) -> None:
    entry = await entries.find(talk.session, talk.person.id, entry_id)
    asked = talk._("Remove this entry? {day}: {shift}").format(
        day=words.day(talk, entry.day), shift=words.shift(talk.view, entry.shift)
    )
    go = presses.REMOVE.button(talk._("🗑 Remove it"), entry.id)
    talk.edit(Markup.escape(asked), confirming(go, presses.SHOW.button(talk._("Keep it"), entry.id)))


async def remove(talk: Talk, entry_id: EntryId) -> None:
    await entries.remove(talk.session, talk.person.id, entry_id)
    talk.edit(*await _list(talk, 0))


def _rates(talk: Talk, sums_of: Sequence[tuple[str, Sum]]) -> list[Markup]:
    """ "Nov 23: ¥35.33 an hour · ¥7.57 an order", of each time in which there was a shift."""
    return [
        labelled(talk._, Markup("<b>{}</b>").format(title), words.rate_words(talk.view, one))
        for title, one in sums_of
        if one.days
    ]


async def chart(talk: Talk) -> None:
    """What an hour brought in each of the last weeks; below it an hour and an order, by week and month."""
    kept = await entries.all_of(talk.session, talk.person.id)
    weeks = sums.by_week(kept, talk.local_today)
    values = [round((one.per_hour or 0) / 100) for _, one in weeks]
    labels = [day_of_year(monday, talk.language) for monday, _ in weeks]
    title = talk._("Hourly pay by week ({sign})").format(sign=words.sign(talk.view))
    png = await talk.context.ports.painter.columns_png(title, values, labels)
    said = talk._("Your hourly pay, week by week. The date is the week's Monday. Only you see this.")
    by_week = [(day_of_year(monday, talk.language), one) for monday, one in weeks]
    by_month = [(month_and_year(first, talk.language), one) for first, one in sums.by_month(kept, talk.local_today)]
    lines = [Markup.escape(said), Markup(""), *_rates(talk, by_week), Markup(""), *_rates(talk, by_month)]
    talk.photo(png, Markup("\n").join(lines), [[presses.BOOK.button(talk._("📒 My pay book"))]])


_CORRECTION = correcting(_corrected)
