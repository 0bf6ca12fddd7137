"""/pay: hourly pay, and noting a shift with one tap or one line."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from handlers.cases import presses as case_presses
from handlers.chat.confirming import confirming
from handlers.chat.dispatch import command_of
from handlers.chat.press import Button, Buttons, Page
from handlers.chat.routes import Routes
from handlers.chat.subjects import Subject
from handlers.chat.talk import Talk
from handlers.forms import forms
from handlers.i18n.formatting import labelled
from handlers.i18n.translations import N_
from handlers.inputs.consent import Wording, wording
from handlers.pay import presses, words
from handlers.pay.form import Earlier, Today, noting_earlier, noting_today
from handlers.pay.inputs import HINTS
from storage.pay import entries, reminders, sums
from storage.pay.entries import Entry
from storage.pay.pool import members
from storage.pay.shifts import NotAShift, Shift, read_line
from storage.pay.sums import Sum
from storage.privacy import consents

CONSENT = Wording(
    "pay",
    1,
    N_(
        "<b>📒 A pay book that is yours</b>\n"
        "Note hours, orders and money after each shift; I work out your hourly pay, and can make "
        "a signed file of it should you ever need proof.\n"
        "• <b>Who sees it:</b> you alone. Nobody at {organisation} can look into it here, and platforms never do.\n"
        "• <b>How long:</b> until you delete it, entry by entry or all at once.\n"
        "<blockquote expandable>It is stored encrypted. Whoever runs the server has the key, but no page of this bot "
        "shows your book to anybody else. <b>Telegram</b> can read what you write to a bot.</blockquote>\n"
        "Do you agree that {organisation} stores it for you?"
    ),
)
SUBJECT = Subject(
    N_("📒 Pay book"),
    {"zh_Hans": "记账、账本、收入、流水、工资条、时薪", "en": "pay book, earnings, income, wage book"},
)
_READY = 3
_DESK, _KIND = "legal", "pay"
"""Where pay that is too low is brought."""


def register(routes: Routes) -> None:
    routes.command("pay", command, about=N_("Pay book: hours, orders, money"), subject=SUBJECT)
    routes.press(presses.AGREE, agree)
    routes.press(presses.DO_NOT_AGREE, do_not_agree, writes=False)
    routes.press(presses.BOOK, show, writes=False)
    routes.press(presses.NOTE, note)
    routes.press(presses.NOTE_EARLIER, note_earlier)
    routes.press(presses.ASK_TO_ERASE, ask_to_erase, writes=False)
    routes.press(presses.ERASE, erase)
    routes.form(_TODAY)
    routes.form(_EARLIER)


async def command(talk: Talk) -> None:
    """The book; before the first entry, what is to be agreed to. "/pay 9h 42 318" notes a shift at once."""
    if not await has_book(talk):
        ask_consent(talk)
        return
    line = command_of(talk.text, talk.context)[1] if talk.text.startswith("/") else ""
    if not line:
        talk.say(*await page(talk))
        return
    await consents.require(talk.session, talk.person.id, CONSENT.purpose, CONSENT.version)
    try:
        shift = read_line(line)
    except NotAShift as fault:
        talk.say(talk._(HINTS[fault.what]), [[presses.NOTE.button(talk._("➕ Note my shift"))]])
        return
    await note_today(talk, shift)


async def has_book(talk: Talk) -> bool:
    """Whether they have agreed to one, to this wording or an earlier one."""
    return await consents.version_of(talk.session, talk.person.id, CONSENT.purpose) is not None


def ask_consent(talk: Talk) -> None:
    yes = presses.AGREE.button(talk._("✅ I agree, start my book"), CONSENT.version)
    talk.say(wording(talk, CONSENT), [[yes], [presses.DO_NOT_AGREE.button(talk._("No, thank you"))]])


async def agree(talk: Talk, version: int) -> None:
    if version != CONSENT.version:
        talk.say(talk._("The terms have changed. Please read them again: {command}").format(command="/pay"))
        return
    await consents.give(talk.session, talk.person.id, CONSENT.purpose, CONSENT.version, talk.now)
    talk.remove_buttons()
    await note(talk)


async def do_not_agree(talk: Talk) -> None:
    talk.edit(talk._("Then I store nothing. You can start your book at any time: /pay"))


async def show(talk: Talk) -> None:
    talk.edit(*await page(talk))


async def page(talk: Talk) -> Page:
    """Today, this week and this month; what an hour brought, against last month."""
    kept = await entries.all_of(talk.session, talk.person.id)
    today = talk.local_today
    before = sums.between(kept, *sums.month_before(today)).per_hour
    lines = [Markup("📒 <b>{}</b>").format(talk._("My pay book")), _today_line(talk, kept)]
    is_low = False
    for title, first in ((talk._("This week"), sums.week_of(today)), (talk._("This month"), today.replace(day=1))):
        one = sums.between(kept, first, today)
        if one.days:
            lines += ["", _sum_lines(talk, title, one, before)]
            is_low = is_low or _is_low(talk, one)
    return Markup("\n").join(lines), [*_against_low_pay(talk, is_low=is_low), *_buttons(talk, kept)]


def _is_low(talk: Talk, one: Sum) -> bool:
    """Whether an hour brought less than the minimum wage of the config."""
    least = talk.context.settings.minimum_pay.hourly
    return bool(least) and one.per_hour is not None and one.per_hour < least


def _against_low_pay(talk: Talk, *, is_low: bool) -> Buttons:
    """The page of what to do, where the organisation has the desk for it."""
    desk = talk.context.settings.desks.get(_DESK)
    if not is_low or desk is None or desk.kind(_KIND) is None:
        return []
    return [[case_presses.SHOW_ANSWER.button(talk._("💡 What you can do today"), _DESK, _KIND)]]


def _today_line(talk: Talk, kept: Sequence[Entry]) -> str:
    today = sums.between(kept, talk.local_today, talk.local_today)
    if not today.days:
        return talk._("Nothing noted for today yet.")
    return talk._("Today: {shift}").format(shift=words.total(talk.view, today))


def _sum_lines(talk: Talk, title: str, one: Sum, before: int | None) -> Markup:
    against = words.change_words(talk.view, sums.change(one.per_hour, before))
    rates = " · ".join(filter(None, [words.rate_words(talk.view, one), against]))
    head = labelled(talk._, Markup("<b>{}</b>").format(title), words.sum_words(talk.view, one))
    text = Markup("{}\n{}").format(head, rates)
    least = talk.context.settings.minimum_pay
    if _is_low(talk, one):
        said = talk._("⚠️ Below the minimum hourly wage of {amount} ({source}). What you can do: /legal")
        text += Markup("\n{}").format(said.format(amount=words.amount(talk.view, least.hourly), source=least.source))
    return text


def _buttons(talk: Talk, kept: Sequence[Entry]) -> Buttons:
    rows: list[list[Button]] = [
        [presses.NOTE.button(talk._("➕ Note my shift"))],
        [presses.NOTE_EARLIER.button(talk._("📅 Another day"))],
    ]
    if kept:
        rows[1].append(presses.LIST.button(talk._("🗒 Entries"), 0))
        rows.append([presses.CHART.button(talk._("📈 Chart")), presses.EXPORT.button(talk._("⬇ Export"))])
        rows.append([presses.POOL.button(talk._("🤝 Compare with others"))])
    rows.append([presses.REMIND.button(talk._("⏰ Remind me"))])
    if kept:
        rows[-1].append(presses.ASK_TO_ERASE.button(talk._("🗑 Delete all …")))
    return rows


def ready_of(kept: Sequence[Entry]) -> tuple[Shift, ...]:
    """The last shifts that differ, the newest first, without what was special about one."""
    plain = (Shift(one.shift.minutes, one.shift.orders, one.shift.money) for one in reversed(kept))
    return tuple(dict.fromkeys(plain))[:_READY]


async def note(talk: Talk) -> None:
    """Asks for today's shift, with those of last time on buttons."""
    await consents.require(talk.session, talk.person.id, CONSENT.purpose, CONSENT.version)
    ready = ready_of(await entries.all_of(talk.session, talk.person.id))
    await forms.begin(talk, _TODAY, Today(ready=ready))


async def note_earlier(talk: Talk) -> None:
    await consents.require(talk.session, talk.person.id, CONSENT.purpose, CONSENT.version)
    ready = ready_of(await entries.all_of(talk.session, talk.person.id))
    await forms.begin(talk, _EARLIER, Earlier(ready=ready))


async def _noted_today(talk: Talk, draft: Today) -> None:
    await note_today(talk, draft.shift)


async def note_today(talk: Talk, shift: Shift) -> None:
    day = entries.day_of_shift(talk.now.astimezone(talk.context.settings.organisation.zone))
    entry = await entries.add(talk.session, talk.person.id, day, shift, talk.local_today, talk.now)
    talk.say(*await receipt(talk, entry))


async def _noted_earlier(talk: Talk, draft: Earlier) -> None:
    entry = await entries.add(talk.session, talk.person.id, draft.day, draft.shift, talk.local_today, talk.now)
    talk.say(*await receipt(talk, entry))


async def receipt(talk: Talk, entry: Entry) -> Page:
    """What was noted, and the hourly pay; the whole of a day that has another shift."""
    day = words.day(talk, entry.day)
    text = Markup("✓ {}\n{}").format(talk._("Noted for {day}").format(day=day), words.in_full(talk.view, entry.shift))
    whole = sums.between(await entries.all_of(talk.session, talk.person.id), entry.day, entry.day)
    if whole.shifts > 1:
        said = talk._("Total for {day}: {shifts}").format(day=day, shifts=words.total(talk.view, whole))
        text += Markup("\n{}").format(said)
    return text, [
        [
            presses.EDIT.button(talk._("✎ Change, add bonus or costs"), entry.id),
        ],
        [presses.BOOK.button(talk._("📒 My pay book"))],
    ]


async def ask_to_erase(talk: Talk) -> None:
    count = await entries.count(talk.session, talk.person.id)
    asked = talk.plural(
        "Delete your whole pay book, {n} entry? This can't be undone.",
        "Delete your whole pay book, {n} entries? This can't be undone.",
        count,
    ).format(n=count)
    go = presses.ERASE.button(talk._("🗑 Delete it all"))
    talk.edit(Markup.escape(asked), confirming(go, presses.BOOK.button(talk._("Keep it"))))


async def erase(talk: Talk) -> None:
    """Everything of the book, and the consent to it."""
    await entries.erase(talk.session, talk.person.id)
    await reminders.stop(talk.session, talk.person.id)
    await members.leave(talk.session, talk.person.id, talk.now)
    await consents.withdraw(talk.session, talk.person.id, CONSENT.purpose, talk.now)
    talk.edit(talk._("Your pay book is deleted. You can start a new one at any time: /pay"))


_TODAY = noting_today(_noted_today)
_EARLIER = noting_earlier(_noted_earlier)
