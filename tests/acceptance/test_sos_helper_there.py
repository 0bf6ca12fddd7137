"""Help from riders nearby once somebody has come: what each hears, and what becomes of the call when they leave."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from handlers.i18n.translations import Translate, translator
from handlers.sos import presses
from storage.database import Database
from storage.people import blocks
from storage.sos import reading
from storage.sos.ids import HelpCallId
from storage.sos.table import CallState
from storage.telegram_ids import PersonId
from tests.support.activities import at_home
from tests.support.languages import LANGUAGES
from tests.support.privacy import erases_everything
from tests.support.simulator import ADMIN, COORDINATOR, Rider, Town
from tests.support.sos import CALLER, SECOND_VOLUNTEER, VOLUNTEER, calls, helping_town, is_asked_to_help, on_duty

FIRST = HelpCallId(1)
CALLERS, HELPERS = f"Rider {CALLER}", f"Rider {VOLUNTEER}"


@pytest.fixture
async def nearby(database: Database, tmp_path: Path) -> AsyncIterator[Town]:
    async with helping_town(database, tmp_path) as town:
        yield town


async def is_going(town: Town, language: str) -> tuple[Rider, Rider]:
    """A caller, and the volunteer who is going to them."""
    _ = translator(language)
    volunteer = await on_duty(town, VOLUNTEER, language)
    caller = await calls(town, language=language)
    await is_asked_to_help(volunteer)
    await volunteer.presses(_("🚴 I'm going"))
    await volunteer.hears_of("120")
    await caller.hears_of("🚴")
    return caller, volunteer


async def is_there(town: Town, language: str) -> tuple[Rider, Rider]:
    """The same, once the caller has said that the volunteer is with them."""
    _ = translator(language)
    caller, volunteer = await is_going(town, language)
    await caller.presses(_("🙋 They are with me"))
    await caller.hears_of(_("✓ {name} is with you. Once you are safe, end the call. If it gets worse, call:")[-9:])
    return caller, volunteer


async def confirmed(volunteer: Rider, _: Translate) -> str:
    """What the volunteer reads, with the labels below it."""
    heard = await volunteer.hears_of(_("✓ {name} says that you are with them.").format(name=CALLERS))
    return str(heard)


@LANGUAGES
async def test_the_helper_hears_that_they_have_come_and_says_when_they_have_to_leave(
    nearby: Town, language: str
) -> None:
    _ = translator(language)
    coordinator = await at_home(nearby, COORDINATOR, language)
    caller, volunteer = await is_there(nearby, language)
    second = await on_duty(nearby, SECOND_VOLUNTEER, language)
    labels = await confirmed(volunteer, _)
    assert _("🚴 I have to leave") in labels and _("✅ It's over") in labels and _("✖ I can't come") not in labels
    await coordinator.hears_of("🙋")
    await coordinator.presses(_("👁 Follow the call"))
    await coordinator.hears_of(_("🙋 {helper} is with them.").format(helper=HELPERS))

    await volunteer.presses(_("🚴 I have to leave"))
    await volunteer.hears_of(_("Thank you for saying so. I'm telling them, other volunteers and the coordinators."))
    left = await caller.hears_of(
        _(
            "{name} had to leave. Nobody is with you now; the coordinators are being told. If you are safe, end the "
            "call. If not, call:"
        ).format(name=HELPERS)
    )
    assert "120" in left["text"] and _("✅ I'm safe, end the call") in str(left)
    rung = await coordinator.hears_of("🚨")
    assert HELPERS in rung["text"] and CALLERS in rung["text"]
    await is_asked_to_help(second)
    await second.presses(_("🚴 I'm going"))
    assert f"Rider {SECOND_VOLUNTEER}" in (await caller.hears_of("🚴"))["text"]
    await caller.presses(_("✅ I'm safe, end the call"))
    await second.hears_of(_("✓ The call for help has ended. The location and the names have been deleted here."))
    for person in (caller, coordinator):
        assert not any(part in str(one.get("text")) for one in person.heard for part in ("can't make it", "来不了")), (
            "somebody came"
        )


async def test_the_button_from_before_the_arrival_says_the_same(nearby: Town) -> None:
    """ "✖ I can't come" still stands in the chat, above."""
    caller, volunteer = await is_there(nearby, "en")
    await confirmed(volunteer, translator("en"))
    await volunteer.forges(presses.STILL_GOING.data(FIRST))
    assert "🚴 I have to leave" in await confirmed(volunteer, translator("en"))
    await volunteer.forges(presses.CANNOT_COME.data(FIRST))
    await caller.hears_of(f"{HELPERS} had to leave.")


@LANGUAGES
async def test_cancel_and_sos_know_that_somebody_is_there(nearby: Town, language: str) -> None:
    _ = translator(language)
    caller, volunteer = await is_there(nearby, language)
    state = _("🆘 You have called for help, and {name} is with you.").format(name=HELPERS)
    for command in ("/sos", "/cancel"):
        await caller.says(command)
        heard = await caller.hears_of(state)
        assert _("🙋 They are with me") not in str(heard) and _("🙅 Send them away") in str(heard)
    await confirmed(volunteer, _)
    await volunteer.says("/cancel")
    heard = await volunteer.hears_of(
        _(
            "🙋 You are with somebody who has called for help. /cancel doesn't change that. If you have to leave, say "
            "so:"
        )
    )
    assert _("🚴 I have to leave") in str(heard)


@LANGUAGES
async def test_who_is_sent_away_is_not_said_to_have_given_up(nearby: Town, language: str) -> None:
    _ = translator(language)
    coordinator = await at_home(nearby, COORDINATOR, language)
    caller, volunteer = await is_going(nearby, language)
    await caller.presses(_("🙅 Send them away"))
    await volunteer.hears_of(_("You don't need to go any more. Thank you."))
    rung = await coordinator.hears_of("🚨")
    wanted = _(
        "🚨 {name} doesn't want the person who was going. Nobody is going now ({time}). Please see to it at once."
    )
    assert rung["text"].startswith(wanted.partition("{time}")[0].format(name=CALLERS))


@LANGUAGES
async def test_who_is_there_and_sent_away_need_not_stay(nearby: Town, language: str) -> None:
    _ = translator(language)
    caller, volunteer = await is_there(nearby, language)
    await confirmed(volunteer, _)
    await caller.presses(_("🙅 Send them away"))
    await volunteer.hears_of(_("You don't need to stay any longer. Thank you."))


async def test_who_is_blocked_while_they_are_there_has_left(nearby: Town) -> None:
    caller, volunteer = await is_there(nearby, "en")
    await confirmed(volunteer, translator("en"))
    async with nearby.database.writing() as session:
        await blocks.block(session, PersonId(VOLUNTEER), "threats", ADMIN, nearby.now, None)
    await nearby.context.blocks.refresh()
    await nearby.tick("sos")
    nearby.deliver()
    await caller.hears_of(f"{HELPERS} had to leave.")


async def test_the_name_of_who_left_is_erased_with_them(nearby: Town) -> None:
    caller, volunteer = await is_there(nearby, "en")
    await confirmed(volunteer, translator("en"))
    await volunteer.presses("🚴 I have to leave")
    await caller.hears_of(f"{HELPERS} had to leave.")
    await volunteer.says("/privacy")
    await volunteer.hears_of("your location as a volunteer on duty")
    await erases_everything(volunteer)
    async with nearby.database.reading() as session:
        facts = await reading.facts(session, FIRST)
    assert facts is not None and facts.state is CallState.OPEN and facts.content is not None
    assert (facts.content.left, facts.content.gave_back) == ("", ())
