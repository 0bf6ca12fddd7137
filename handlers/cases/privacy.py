"""My cases in /privacy: what is kept of them, and withdrawing the consent to them."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.cases import closing, presses
from handlers.chat.confirming import confirming
from handlers.chat.press import Button
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.privacy import presses as privacy_presses
from storage.cases import access as case_access
from storage.cases import drafts, erasure
from storage.cases.notices import CaseErased
from storage.cases.table import CaseState, Outcome
from storage.privacy import consents

ALL = 100_000


def register(routes: Routes) -> None:
    routes.press(presses.ASK_TO_FORGET_CASES, ask_to_forget_cases, writes=False, for_blocked=True)
    routes.press(presses.FORGET_CASES, forget_cases, for_blocked=True)


async def lines(talk: Talk) -> Sequence[str]:
    brought = talk._("saved") if await _has_any(talk) else talk._("not saved")
    put_aside = await drafts.has_any(talk.session, talk.person.id, talk.now)
    return [
        talk._(
            "your cases with the help desks, evidence included, for {cases} days after they are closed: {brought}"
        ).format(cases=talk.context.settings.retention.closed_cases.days, brought=brought),
        talk._("a form of a help desk that you put aside with 💾, for {days} days: {kept}").format(
            days=drafts.KEPT.days, kept=talk._("saved") if put_aside else talk._("not saved")
        ),
    ]


async def warnings(talk: Talk) -> Sequence[str]:
    """What an erasure would end."""
    mine = await case_access.cases_of(talk.session, talk.person.id, limit=ALL)
    lines = []
    if any(row.state != CaseState.CLOSED for row in mine):
        lines.append(talk._("⚠️ You have an open case; it would be closed, and nobody could reply to you."))
    if mine:
        lines.append(talk._("⚠️ Your cases would be erased, evidence included. To keep it, download it first: /my"))
    return lines


async def buttons(talk: Talk) -> Sequence[Button]:
    return [presses.ASK_TO_FORGET_CASES.button(talk._("🗂 Erase my cases"))] if await _has_any(talk) else []


async def _has_any(talk: Talk) -> bool:
    return bool(await case_access.cases_of(talk.session, talk.person.id))


async def ask_to_forget_cases(talk: Talk) -> None:
    talk.edit(
        talk._(
            "Withdraw your consent for your cases? Your cases are closed, and everything written and sent "
            "in them is erased, evidence included. If you need the evidence, download it first: /my. What "
            "was done before remains lawful."
        ),
        confirming(
            presses.FORGET_CASES.button(talk._("🗑 Yes, erase my cases")),
            privacy_presses.KEEP.button(talk._("↩ No, keep my data")),
        ),
    )


async def forget_cases(talk: Talk) -> None:
    await leave_all(talk)
    await erasure.strip_all_of(talk.session, talk.person.id)
    await drafts.erase(talk.session, talk.person.id)
    for desk in talk.context.settings.desks.values():
        await consents.withdraw(talk.session, talk.person.id, desk.purpose, talk.now)
    talk.edit(talk._("Your consent has been withdrawn and your cases erased."))


async def leave_all(talk: Talk) -> None:
    """Ends all cases, before they are erased. The handlers hear that a case is gone; its number stays in the counts."""
    for row in await case_access.cases_of(talk.session, talk.person.id, limit=ALL):
        if row.state != CaseState.CLOSED:
            if row.assigned_to is not None:
                talk.notify(row.assigned_to, CaseErased(row.number))
            await closing.end(talk, row, Outcome.WITHDRAWN)
