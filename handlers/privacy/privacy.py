"""/privacy: what is kept about me, a copy of it, withdrawing consent, and erasing it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.cases import closing as case_closing
from handlers.chat.keyboards import plain_keyboard
from handlers.chat.press import Buttons
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.i18n.translations import N_
from handlers.inputs.consent import JOIN
from handlers.privacy import presses
from handlers.privacy.data_copy import copy_of
from storage import audit, deliveries, dialogues
from storage.activities import calendar_feeds, offers, reminders, sign_ups, weekly_digest
from storage.activities import questions as activity_questions
from storage.audit import Act
from storage.broadcasts import reads as broadcast_reads
from storage.broadcasts import topics
from storage.cases import cases
from storage.cases import drafts as case_drafts
from storage.cases import messages as case_messages
from storage.cases.cases import CaseState, Outcome
from storage.membership import applications, memberships, review_alerts
from storage.operations import settings
from storage.people import blocks, people, roles
from storage.privacy import consents
from storage.stations import reports, searches
from storage.statistics import searches as search_statistics

ERASED: Sequence[Callable[[AsyncSession, int], Awaitable[None]]] = (
    searches.erase,
    reports.erase,
    dialogues.close,
    deliveries.erase,
    broadcast_reads.erase,
    topics.erase,
    applications.erase,
    memberships.erase,
    consents.erase,
    roles.erase,
    review_alerts.erase,
    audit.erase,
    sign_ups.erase,
    reminders.erase,
    activity_questions.erase,
    case_drafts.erase,
    case_messages.erase,
    calendar_feeds.erase,
    weekly_digest.erase,
    blocks.erase,
    settings.erase,
    search_statistics.erase,
    people.erase,
)
"""Each feature removes what it keeps about the person; people last."""
NOBODY = 0
"""The actor of an erasure: who asked for it is not kept."""


def register(routes: Routes) -> None:
    routes.command("privacy", privacy, about=N_("What is kept about me"), writes=False, for_blocked=True)
    routes.press(presses.FORGET_HOME, forget_home, for_blocked=True)
    routes.press(presses.COPY, copy, writes=False, for_blocked=True)
    routes.press(presses.ASK_TO_UNCONSENT, ask_to_unconsent, writes=False, for_blocked=True)
    routes.press(presses.UNCONSENT, unconsent, for_blocked=True)
    routes.press(presses.ASK_TO_FORGET_CASES, ask_to_forget_cases, writes=False, for_blocked=True)
    routes.press(presses.FORGET_CASES, forget_cases, for_blocked=True)
    routes.press(presses.ASK_TO_ERASE, ask_to_erase, writes=False, for_blocked=True)
    routes.press(presses.ASK_AGAIN, ask_again, writes=False, for_blocked=True)
    routes.press(presses.ERASE, erase, for_blocked=True)


async def privacy(talk: Talk) -> None:
    talk.say(*await _page(talk))


async def _page(talk: Talk) -> tuple[str, Buttons]:
    home = await people.home_of(talk.session, talk.person.id)
    member = await memberships.of(talk.session, talk.person.id)
    agreed = await consents.find(talk.session, talk.person.id, JOIN.purpose)
    mine = await cases.cases_of(talk.session, talk.person.id, most=1)
    kept = talk.context.settings.retention
    text = Markup(
        talk._(
            "<b>What {organisation} keeps about you</b>\n"
            "• your Telegram number, your language, and when you first and last wrote; of your @name only a digest;\n"
            "• the places of your searches for {places} h, your reports on stations for {reports} h;\n"
            "• an unfinished form, for {forms} h;\n"
            "• which topics you muted, and which messages you got and confirmed as read;\n"
            "• your home area: {home};\n"
            "• your application or membership: {membership};\n"
            "• the activities you signed up for, with your answers, attendance and rating;\n"
            "• what you brought to the desks, with evidence, for {cases} days after the end: {brought}.\n"
            "Names, numbers, places and answers are kept encrypted. Nobody outside of {organisation} gets any of it. "
            "When a coordinator reads your application, or anybody takes your case, that is noted.\n\n"
            "Honestly: what you write to a bot passes Telegram's servers, and Telegram can read it. "
            "If you would rather speak: {hotline}."
        )
    ).format(
        organisation=talk.context.settings.organisation.name,
        home=talk._("kept, rounded to about 1 km") if home else talk._("not kept"),
        membership=talk._("kept") if member or agreed else talk._("not kept"),
        places=_hours(kept.places.total_seconds()),
        reports=_hours(kept.reports.total_seconds()),
        cases=kept.closed_cases.days,
        brought=talk._("kept") if mine else talk._("not kept"),
        forms=_hours(kept.unfinished_forms.total_seconds()),
        hotline=talk.context.settings.organisation.hotline,
    )
    rows = [
        [presses.COPY.button(talk._("📄 A copy of it all"))],
        [presses.ASK_TO_ERASE.button(talk._("🗑 Erase everything about me"))],
    ]
    if agreed:
        rows.insert(1, [presses.ASK_TO_UNCONSENT.button(talk._("↩ Withdraw my consent"))])
    if mine:
        rows.insert(1, [presses.ASK_TO_FORGET_CASES.button(talk._("🗂 Erase my cases"))])
    if home:
        rows.insert(0, [presses.FORGET_HOME.button(talk._("🏠 Forget my area"))])
    return text, rows


def _hours(seconds: float) -> str:
    return f"{seconds / 3_600:g}"


async def forget_home(talk: Talk) -> None:
    await people.forget_home(talk.session, talk.person.id)
    talk.toast(talk._("Forgotten."))
    talk.edit(*await _page(talk))


async def copy(talk: Talk) -> None:
    """All of it in one file, in the chat."""
    talk.document(
        "nuanxin.html", await copy_of(talk), talk._("All that is kept about you: to read, and as JSON inside.")
    )


async def ask_to_unconsent(talk: Talk) -> None:
    talk.edit(
        talk._(
            "Withdraw your consent to the processing of your membership data? An open application is withdrawn, a "
            "membership ends, and what you told for it is erased. What was done until now stays lawful."
        ),
        [[presses.UNCONSENT.button(talk._("↩ Yes, withdraw it"))]],
    )


async def unconsent(talk: Talk) -> None:
    await _end_membership(talk)
    for forget in (applications.erase, memberships.erase):
        await forget(talk.session, talk.person.id)
    await consents.withdraw(talk.session, talk.person.id, JOIN.purpose, talk.now)
    talk.edit(talk._("Your consent is withdrawn, and the data is erased."))


async def _end_membership(talk: Talk) -> None:
    if await memberships.of(talk.session, talk.person.id) is not None:
        await memberships.leave(talk.session, talk.person.id, talk.now)


async def ask_to_forget_cases(talk: Talk) -> None:
    talk.edit(
        talk._(
            "Withdraw your consent for what you brought to the desks? Your cases end, and all that was told and sent "
            "in them is erased, evidence included. Take the evidence first if you need it: /my. What was done until "
            "now stays lawful."
        ),
        [[presses.FORGET_CASES.button(talk._("🗑 Yes, erase my cases"))]],
    )


async def forget_cases(talk: Talk) -> None:
    await _end_cases(talk)
    await case_drafts.erase(talk.session, talk.person.id)
    for desk in talk.context.settings.desks.values():
        await consents.withdraw(talk.session, talk.person.id, desk.purpose, talk.now)
    talk.edit(talk._("Your consent is withdrawn, and your cases are erased."))


async def _end_cases(talk: Talk) -> None:
    """The handlers hear that a case is gone; of all that was theirs, its number stays in the counts."""
    for row in await cases.cases_of(talk.session, talk.person.id, most=100_000):
        if row.state != CaseState.CLOSED:
            if row.assigned_to is not None:
                talk.notify(row.assigned_to, "case_erased", number=row.number)
            await case_closing.end(talk, row, Outcome.WITHDRAWN)
        await case_messages.strip_case(talk.session, row.id)


async def ask_to_erase(talk: Talk) -> None:
    """What it means, for this person."""
    lines = [talk._("<b>Erase all that is kept about you?</b>")]
    if await applications.open_of(talk.session, talk.person.id) is not None:
        lines.append(talk._("⚠️ Your application is still open; it would be gone."))
    if await memberships.of(talk.session, talk.person.id) is not None:
        lines.append(talk._("⚠️ You are a member; your membership and your card would end."))
    lines.append(
        talk._(
            "What the law obliges to keep stays, apart and without your name: that a member number was given, from "
            "when to when; that something was reviewed, when and by which coordinator."
        )
    )
    talk.edit("\n".join(lines), [[presses.ASK_AGAIN.button(talk._("🗑 Yes, erase"))]])


async def ask_again(talk: Talk) -> None:
    talk.edit(
        talk._("Are you sure? It is done at once, and can't be undone."),
        [[presses.ERASE.button(talk._("🗑 Erase it for good"))]],
    )


async def erase(talk: Talk) -> None:
    await _end_membership(talk)
    await _end_cases(talk)
    for activity_id in await sign_ups.upcoming_of(talk.session, talk.person.id, talk.now):
        await sign_ups.give_back(talk.session, activity_id, talk.person.id)
        await offers.offer_free_places(talk.session, activity_id, talk.now, talk.context.settings.quiet_hours)
    for forget in ERASED:
        await forget(talk.session, talk.person.id)
    await audit.note(talk.session, NOBODY, Act.PERSON_ERASED, talk.now)
    talk.edit(talk._("Erased. If you write again, we start anew."))
    talk.say(talk._("Share a location whenever you need a station."), keyboard=plain_keyboard(talk.language))
