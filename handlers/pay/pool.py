"""How one's hourly pay stands against that of others: for those who share their own, as a number among many."""

from __future__ import annotations

from datetime import date

from markupsafe import Markup

from handlers.chat.confirming import confirming
from handlers.chat.press import Button, Buttons, InvalidCallback, Page
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.i18n.formatting import labelled
from handlers.i18n.translations import N_
from handlers.inputs.consent import Wording, wording
from handlers.pay import pool_words, presses, words
from handlers.pay.book import CONSENT
from storage.disclosure import MIN_CELL_SIZE
from storage.pay import entries, sums
from storage.pay.pool import figures, members
from storage.pay.pool.cells import By, Cell, stretch_of
from storage.pay.pool.figures import PoolReport
from storage.privacy import consents

SHARING = Wording(
    members.PURPOSE,
    members.VERSION,
    N_(
        "<b>🤝 See how you stand, and show what riders really earn</b>\n"
        "If you agree, your hourly pay is counted once a week, from this week on, together with that of the others who "
        "agree. You then see how you stand, and {organisation} can say at the table that rates have fallen.\n"
        "• <b>What is counted:</b> one number, your pay per hour in that week, by platform, district and the time at "
        "which you begin. It is counted without your name, and one time in four a random number takes its place, so "
        "that nobody can be sure of yours.\n"
        "• <b>Who sees it:</b> nobody sees yours. Riders who share and coordinators see medians and quarter marks, "
        "never of fewer than 5 people.\n"
        "• <b>How long:</b> until you stop, which you can at any time.\n"
        "<blockquote expandable>What has been counted by then stays in the counts, for 3 years: nobody can tell "
        "which were yours, so they can't be taken out. Kept about you are only that you share, up to which week your "
        "book was looked at, and your district, encrypted.\n"
        "Someone who knows everybody else who shares can work out that you do, too.</blockquote>\n"
        "Do you agree that {organisation} counts your hourly pay?"
    ),
)
_WEEKS_BACK = 8
"""What is older says nothing about today."""


def register(routes: Routes) -> None:
    routes.press(presses.POOL, show, writes=False)
    routes.press(presses.SHARE, share)
    routes.press(presses.ASK_TO_STOP_SHARING, ask_to_stop, writes=False)
    routes.press(presses.STOP_SHARING, stop)
    routes.press(presses.DISTRICT, choose_district, writes=False)
    routes.press(presses.IN_DISTRICT, set_district)


async def show(talk: Talk) -> None:
    """Where one stands; before one shares, what is to be agreed to."""
    if await members.is_in(talk.session, talk.person.id):
        talk.edit(*await _page(talk))
        return
    yes = presses.SHARE.button(talk._("✅ I agree, count me in"), SHARING.version)
    talk.edit(wording(talk, SHARING), [[yes], [presses.BOOK.button(talk._("No, thank you"))]])


async def share(talk: Talk, version: int) -> None:
    await consents.require(talk.session, talk.person.id, CONSENT.purpose, CONSENT.version)
    if version != SHARING.version:
        talk.say(talk._("The terms have changed. Please read them again: {command}").format(command="/pay"))
        return
    await members.join(talk.session, talk.person.id, talk.local_today, talk.now)
    if talk.context.settings.joining.districts:
        await choose_district(talk)
        return
    talk.edit(*await _page(talk))


async def choose_district(talk: Talk) -> None:
    await members.district_of(talk.session, talk.person.id)
    offered = talk.context.settings.joining.districts
    buttons = [presses.IN_DISTRICT.button(name, at) for at, name in enumerate(offered)]
    rows: list[list[Button]] = [buttons[at : at + 2] for at in range(0, len(buttons), 2)]
    rows.append([presses.IN_DISTRICT.button(talk._("I'd rather not say"), -1)])
    talk.edit(talk._("Which district do you mostly work in? Your pay is then counted there, too."), rows)


async def set_district(talk: Talk, at: int) -> None:
    offered = talk.context.settings.joining.districts
    if at >= len(offered):
        raise InvalidCallback
    await members.set_district(talk.session, talk.person.id, offered[at] if at >= 0 else "")
    talk.edit(*await _page(talk))


async def _page(talk: Talk) -> Page:
    last = sums.week_of(talk.local_today)
    found = await figures.report(talk.session, date.fromordinal(last.toordinal() - 7 * _WEEKS_BACK), last)
    lines = [Markup("🤝 <b>{}</b>").format(talk._("How you stand"))]
    if found is None:
        said = talk._(
            "There is nothing to compare with yet. A week is counted two days after its end, once at least {n} people "
            "have noted shifts in it."
        ).format(n=MIN_CELL_SIZE)
        lines.append(Markup.escape(said))
    else:
        lines += await _standing(talk, found)
    return Markup("\n").join(lines), _buttons(talk)


async def _standing(talk: Talk, found: PoolReport) -> list[Markup]:
    """One's own week, and that of all, of one's platforms, district and hours."""
    monday = found.week
    book = await entries.all_of(talk.session, talk.person.id)
    week = [entry for entry in book if 0 <= (entry.day - monday).days < 7]
    mine = sums.total(week).per_hour
    own = talk._("nothing noted")
    if mine is not None:
        own = talk._("{amount} an hour").format(amount=words.amount(talk.view, mine))
    lines = [Markup.escape(talk._("Week {n}, you: {pay}").format(n=pool_words.week(monday), pay=own))]
    district = await members.district_of(talk.session, talk.person.id)
    wanted = {Cell(By.ALL, ""), Cell(By.DISTRICT, district)}
    wanted |= {Cell(By.PLATFORM, entry.shift.platform) for entry in week}
    wanted |= {Cell(By.HOUR, stretch_of(entry.shift.began)) for entry in week}
    for cell, marks in found.marks.items():
        if cell not in wanted:
            continue
        lines += [Markup(""), labelled(talk._, pool_words.cell(talk.view, cell), pool_words.marks(talk.view, marks))]
        if mine is not None:
            lines.append(Markup.escape(pool_words.standing(talk.view, marks, mine)))
    return lines


def _buttons(talk: Talk) -> Buttons:
    rows = [[presses.ASK_TO_STOP_SHARING.button(talk._("🤝 Stop sharing my pay"))]]
    if talk.context.settings.joining.districts:
        rows.append([presses.DISTRICT.button(talk._("🗺 My district"))])
    return [*rows, [presses.BOOK.button(talk._("📒 My pay book"))]]


async def ask_to_stop(talk: Talk) -> None:
    asked = talk._(
        "Stop sharing your pay? From now on nothing of your book is counted, and you no longer see how you stand. "
        "What has been counted stays in the counts: nobody can tell which were yours."
    )
    go = presses.STOP_SHARING.button(talk._("🤝 Stop sharing"))
    talk.edit(asked, confirming(go, presses.POOL.button(talk._("Go on sharing"))))


async def stop(talk: Talk) -> None:
    await members.leave(talk.session, talk.person.id, talk.now)
    said = talk._("Nothing of your book is counted any more. Your book itself stays as it is.")
    talk.edit(said, [[presses.BOOK.button(talk._("📒 My pay book"))]])
