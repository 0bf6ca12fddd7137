"""The pay book: the manifest."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.chat.case_offers import OwnFiles
from handlers.chat.feature import AllFeatures, Feature, PersonalData, PrivacyPart
from handlers.chat.press import Button
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.i18n.translations import N_
from handlers.pay import book, entry_pages, exports, figures, pool, presses, reminder, unasked
from storage.pay import entries, reminders
from storage.pay.entries import BookFull, NoSuchEntry, NotThatDay
from storage.pay.pool import counting, members
from storage.pay.pool.members import NotInPool


def register(routes: Routes, _others: AllFeatures) -> None:
    for part in (book, entry_pages, exports, pool, reminder, unasked):
        part.register(routes)


async def _privacy_lines(talk: Talk) -> Sequence[str]:
    lines = []
    if await entries.has_any(talk.session, talk.person.id):
        lines.append(talk._("your pay book (only you see it): /pay"))
    if await members.is_in(talk.session, talk.person.id):
        lines.append(talk._("that you share your hourly pay as a number among others, and your district: /pay"))
    return lines


async def _warnings(talk: Talk) -> Sequence[str]:
    """What an erasure would end."""
    count = await entries.count(talk.session, talk.person.id)
    said = talk.plural(
        "⚠️ Your pay book would be erased, with {n} entry. To keep it, export it first: /pay",
        "⚠️ Your pay book would be erased, with {n} entries. To keep it, export it first: /pay",
        count,
    )
    return [said.format(n=count)] if count else []


async def _privacy_buttons(talk: Talk) -> Sequence[Button]:
    if not await members.is_in(talk.session, talk.person.id):
        return []
    return [presses.ASK_TO_STOP_SHARING.button(talk._("🤝 Stop sharing my pay"))]


FEATURE = Feature(
    name="pay",
    switch="pay",
    register=register,
    refusals={
        BookFull: N_("Your pay book is full. Export it and delete old entries: /pay"),
        NoSuchEntry: N_("This entry no longer exists."),
        NotInPool: N_("You don't share your pay any more. You can start again at any time: /pay"),
        NotThatDay: N_("The day must be within the last 400 days."),
    },
    personal_data=(
        PersonalData("pay_entries", entries.erase, N_("Pay book"), entries.copy_of),
        PersonalData("pay_reminders", reminders.erase),
        PersonalData("pay_pool_members", members.erase, N_("Sharing your hourly pay"), members.copy_of),
    ),
    privacy=PrivacyPart(lines=_privacy_lines, buttons=_privacy_buttons, warnings=_warnings),
    retention=(counting.forget_some,),
    figures=figures.FIGURES,
    case_offers={"pay": exports.offer_as_evidence},
    own_files={
        "pay": OwnFiles(
            N_("📎 Attach my pay book"), N_("You have no pay book yet. To begin one: /pay"), exports.own_files
        )
    },
)
