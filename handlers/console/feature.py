"""The console: the manifest."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.chat.feature import AllFeatures, Feature, PersonalData, PrivacyPart
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.console import console
from handlers.i18n.translations import N_
from storage.console import passes
from storage.console.audited import ConsoleAction
from storage.console.passes import LinkSpent, OpenedAlready, TooManyPasses


def register(routes: Routes, _others: AllFeatures) -> None:
    console.register(routes)


async def _privacy_lines(talk: Talk) -> Sequence[str]:
    if not await passes.copy_of(talk.session, talk.person.id):
        return []
    return [talk._("in which browsers you are signed in, until you sign out or the session ends")]


FEATURE = Feature(
    name="console",
    switch="console",
    register=register,
    refusals={
        LinkSpent: N_("This link has been used already, or is too old. Send /console to the bot for a new one."),
        OpenedAlready: N_("This page was opened once already. Please close it and open it again from the chat."),
        TooManyPasses: N_("You have opened too many at once. Please wait a few minutes, or sign out with /console."),
    },
    audit_labels={
        ConsoleAction.CONSOLE_OPENED: N_("signed in to the console"),
        ConsoleAction.CONSOLE_CLOSED: N_("signed out of the console"),
    },
    personal_data=(PersonalData("browser_passes", passes.erase, N_("Browsers"), passes.copy_of),),
    retention=(passes.forget,),
    privacy=PrivacyPart(lines=_privacy_lines),
)
