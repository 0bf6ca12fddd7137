"""My membership: what /my and /privacy show of it, and withdrawing the consent to it."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.chat.feature import Overview
from handlers.chat.press import Button
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.inputs.consent import JOIN
from handlers.membership import memberships as memberships_of_riders
from handlers.membership import presses
from handlers.membership.applications import status
from storage.membership import applications, memberships
from storage.privacy import consents


def register(routes: Routes) -> None:
    routes.press(presses.ASK_TO_UNCONSENT, ask_to_unconsent, writes=False, for_blocked=True)
    routes.press(presses.UNCONSENT, unconsent, for_blocked=True)


async def overview(talk: Talk) -> Overview:
    """The membership, or else the last application."""
    member = await memberships.of(talk.session, talk.person.id)
    if member is not None:
        return memberships_of_riders.overview(talk, member)
    last = await applications.latest_of(talk.session, talk.person.id)
    if last is not None:
        return Overview(*status(talk, last))
    return Overview(talk._("You are not a member of the union. You can join in two minutes: /join"))


async def privacy_lines(talk: Talk) -> Sequence[str]:
    member = await memberships.of(talk.session, talk.person.id)
    is_kept = member is not None or await applications.latest_of(talk.session, talk.person.id) is not None
    return [
        talk._("your application or membership: {membership}").format(
            membership=talk._("saved") if is_kept else talk._("not saved")
        )
    ]


async def privacy_buttons(talk: Talk) -> Sequence[Button]:
    if not await _has_agreed(talk):
        return []
    return [presses.ASK_TO_UNCONSENT.button(talk._("↩ Withdraw my consent"))]


async def _has_agreed(talk: Talk) -> bool:
    return await consents.version_of(talk.session, talk.person.id, JOIN.purpose) is not None


async def warnings(talk: Talk) -> Sequence[str]:
    """What an erasure would end."""
    lines = []
    if await applications.open_of(talk.session, talk.person.id) is not None:
        lines.append(talk._("⚠️ Your application is still open; it would be deleted."))
    if await memberships.of(talk.session, talk.person.id) is not None:
        lines.append(talk._("⚠️ You are a member; your membership and card would end."))
    return lines


async def leave(talk: Talk) -> None:
    """Ends the membership, if there is one."""
    if await memberships.of(talk.session, talk.person.id) is not None:
        await memberships.leave(talk.session, talk.person.id, talk.now)


async def ask_to_unconsent(talk: Talk) -> None:
    talk.edit(
        talk._(
            "Withdraw your consent to the processing of your membership data? An open application is "
            "withdrawn, your membership ends, and what you provided for it is erased. What was done before "
            "remains lawful."
        ),
        [
            [presses.UNCONSENT.button(talk._("↩ Withdraw, and erase the data"))],
            [presses.KEEP.button(talk._("Don't withdraw"))],
        ],
    )


async def unconsent(talk: Talk) -> None:
    await leave(talk)
    for erase in (applications.erase, memberships.erase):
        await erase(talk.session, talk.person.id)
    await consents.withdraw(talk.session, talk.person.id, JOIN.purpose, talk.now)
    talk.edit(talk._("Your consent has been withdrawn and the data erased."))
