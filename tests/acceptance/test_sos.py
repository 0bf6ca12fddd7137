"""Help from riders nearby: who calls, who goes, who follows; what is honest, limited, and thrown away."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from handlers.i18n.translations import translator
from handlers.privacy.presses import ERASE
from handlers.sos import presses
from storage import audit
from storage.database import Database
from storage.membership import memberships
from storage.people import blocks
from storage.sos import duties
from storage.sos.audited import HelpAction
from storage.sos.ids import HelpCallId
from storage.sos.table import ENDS_AFTER
from storage.telegram_ids import PersonId
from tests.support.activities import at_home
from tests.support.languages import LANGUAGES
from tests.support.privacy import erases_everything
from tests.support.simulator import ADMIN, COORDINATOR, DEZHOU, NOON, Rider, Town
from tests.support.sos import (
    CALLER,
    FAR,
    FAR_VOLUNTEER,
    SECOND_VOLUNTEER,
    VOLUNTEER,
    calls,
    helping_town,
    is_asked_to_help,
    is_member,
    on_duty,
)
from tests.support.words.chat import STAFF_ONLY

FIRST = HelpCallId(1)


@pytest.fixture
async def nearby(database: Database, tmp_path: Path) -> AsyncIterator[Town]:
    async with helping_town(database, tmp_path) as town:
        yield town


async def stored(town: Town, table: str) -> list[tuple[object, ...]]:
    async with town.database.reading() as session:
        return [tuple(row) for row in (await session.execute(text(f"SELECT * FROM {table}"))).all()]


async def acts(town: Town) -> list[str]:
    async with town.database.reading() as session:
        return [entry.act for entry in reversed(await audit.newest(session)) if entry.act.startswith("help_")]


async def calls_once_more(caller: Rider, volunteer: Rider) -> None:
    await caller.forges(presses.CALL.data())
    await caller.hears_of("press “Skip”")
    await caller.shares()
    await caller.hears_of("🆘 1 volunteer near you")
    await is_asked_to_help(volunteer)


@LANGUAGES
async def test_a_volunteer_nearby_goes_and_coordinators_follow(nearby: Town, language: str) -> None:
    _ = translator(language)
    coordinator = await at_home(nearby, COORDINATOR, language)
    volunteer = await on_duty(nearby, VOLUNTEER, language)
    second = await on_duty(nearby, SECOND_VOLUNTEER, language)
    far = await on_duty(nearby, FAR_VOLUNTEER, language, FAR)
    caller = await calls(nearby, language=language)
    heard = await caller.hears_of("🆘 2" if language == "en" else "2 位")
    assert "120" in heard["text"]
    followed = await coordinator.hears_of("🆘")
    assert f"Rider {CALLER}" in followed["text"]
    venue = await is_asked_to_help(volunteer)
    assert str(CALLER) not in str(venue["title"])
    await is_asked_to_help(second)

    await volunteer.presses(_("🚴 I'm going"))
    assert f"Rider {CALLER}" in (await volunteer.hears_of("120"))["text"]
    assert f"Rider {VOLUNTEER}" in (await caller.hears_of("🚴"))["text"]
    await second.hears_of(_("Somebody else is going, or the call for help is over: you don't need to go. Thank you."))
    await second.forges(presses.GOING.data(FIRST))
    await second.is_told(_("Somebody else is already going. Thank you."))
    assert f"Rider {VOLUNTEER}" in (await coordinator.hears_of("🚴"))["text"]
    await coordinator.presses(_("👁 Follow the call"))
    await coordinator.hears_of(_("🚴 {helper} is going.").format(helper=f"Rider {VOLUNTEER}"))

    await caller.presses(_("✅ I'm safe, end the call"))
    over = _("✓ The call for help has ended. The location and the names have been deleted here.")
    await caller.hears_of(over)
    await volunteer.hears_of(over)
    await coordinator.hears_of("✓")
    assert not any("venue" in one for one in far.heard)
    (row,) = await stored(nearby, "sos_calls")
    assert not any(isinstance(value, bytes) for value in row), "names and place are gone"
    assert await stored(nearby, "sos_told") == []
    assert await acts(nearby) == [
        HelpAction.HELP_CALLED,
        HelpAction.HELP_TAKEN,
        HelpAction.HELP_PLACE_SEEN,
        HelpAction.HELP_ENDED,
    ]


async def test_nobody_answers_and_that_is_said_once(nearby: Town) -> None:
    coordinator = await at_home(nearby, COORDINATOR)
    volunteer = await on_duty(nearby, VOLUNTEER)
    caller = await calls(nearby)
    await caller.hears_of("🆘 1 volunteer near you")
    await is_asked_to_help(volunteer)
    await coordinator.hears_of("1 volunteer nearby is being told")
    nearby.now = NOON + timedelta(minutes=2, seconds=50)
    await nearby.tick("sos")
    nearby.now = NOON + timedelta(minutes=3, seconds=1)
    for _ in range(3):
        await nearby.tick("sos")
    nearby.deliver()
    assert "120" in (await caller.hears_of("Nobody has answered within 3 minutes"))["text"]
    await coordinator.hears_of("nobody is going. Please see to it at once")
    assert [act for act in await acts(nearby) if act == HelpAction.HELP_UNANSWERED] == [HelpAction.HELP_UNANSWERED]

    await volunteer.presses("🚴 I'm going")  # late is not too late
    await caller.hears_of("🚴")
    await volunteer.presses("✖ I can't come")
    await caller.hears_of("can't make it. Nobody is coming now")
    await coordinator.hears_of("can't make it. Nobody is going now")
    await volunteer.forges(presses.GOING.data(FIRST))
    await volunteer.is_told("This call for help was not for you.")

    nearby.now = NOON + ENDS_AFTER
    await nearby.tick("sos")
    nearby.deliver()
    await caller.hears_of("✓ The call for help has ended.")
    await volunteer.forges(presses.GOING.data(FIRST))
    await volunteer.is_told("The call for help has ended.")


async def test_without_volunteers_it_says_so_and_rings_coordinators_at_once(nearby: Town) -> None:
    coordinator, caller = await at_home(nearby, COORDINATOR), await at_home(nearby, CALLER)
    await caller.says("/sos")
    await caller.hears_of("In an emergency, call first:")
    await caller.presses("🆘 Tell riders nearby")
    await caller.hears_of("press “Skip”")
    await caller.says("at the bridge")
    await caller.hears_of("Call 120 first. Send your location")
    await caller.presses("Skip")
    await caller.hears_of("nobody is coming. The coordinators are being told")
    await coordinator.hears_of("🚨")
    await coordinator.presses("👁 Follow the call")
    assert "They didn't send a location." in (await coordinator.hears_of("🆘"))["text"]
    late = await on_duty(nearby, VOLUNTEER)
    assert not any("venue" in one for one in late.heard)
    await coordinator.presses("✅ End the call")
    await caller.hears_of("✓ The call for help has ended.")


async def test_only_members_volunteer_and_are_told(nearby: Town) -> None:
    """Anybody could be on duty anywhere, and would be sent the places of people in distress."""
    stranger = await at_home(nearby, SECOND_VOLUNTEER)
    for data in (presses.VOLUNTEER.data(), presses.AGREE.data(1)):
        await stranger.forges(data)
        await stranger.is_told("Only members of the union can volunteer to help.")
    await on_duty(nearby, VOLUNTEER)
    async with nearby.database.writing() as session:
        await memberships.leave(session, PersonId(VOLUNTEER), NOON)
    caller = await calls(nearby)
    await caller.hears_of("No volunteer near you")
    assert await stored(nearby, "sos_told") == []


@LANGUAGES
async def test_who_does_not_come_is_asked_and_can_not_hold_the_call(nearby: Town, language: str) -> None:
    _ = translator(language)
    volunteer = await on_duty(nearby, VOLUNTEER, language)
    caller = await calls(nearby, language=language)
    await is_asked_to_help(volunteer)
    await volunteer.presses(_("🚴 I'm going"))
    await caller.hears_of("🚴")
    second = await on_duty(nearby, SECOND_VOLUNTEER, language)
    asks = _("Are you still going to the rider who needs help? If you don't answer within 5 minutes, I'll ask others.")
    await after(nearby, 15)
    await volunteer.hears_of(asks)
    await volunteer.presses(_("🚴 Yes, I'm on my way"))
    await volunteer.hears_of(_("Thank you. Ride safely."))
    await after(nearby, 15)
    await volunteer.hears_of(asks)
    await after(nearby, 5)
    await caller.hears_of("can't make it" if language == "en" else "来不了")
    await is_asked_to_help(second)
    await volunteer.hears_of(
        _("Somebody else is going, or the call for help is over: you don't need to go. Thank you.")
    )
    assert (await acts(nearby))[-1] == HelpAction.HELP_WENT_BACK


@LANGUAGES
async def test_who_only_says_that_they_are_coming_has_the_call_no_longer_than_45_minutes(
    nearby: Town, language: str
) -> None:
    _ = translator(language)
    coordinator = await at_home(nearby, COORDINATOR, language)
    volunteer = await on_duty(nearby, VOLUNTEER, language)
    caller = await calls(nearby, language=language)
    await is_asked_to_help(volunteer)
    await volunteer.presses(_("🚴 I'm going"))
    await caller.hears_of("🚴")
    second = await on_duty(nearby, SECOND_VOLUNTEER, language)
    for _answered in range(2):
        await after(nearby, 15)
        await volunteer.hears_of(
            _("Are you still going to the rider who needs help? If you don't answer within 5 minutes, I'll ask others.")
        )
        await volunteer.presses(_("🚴 Yes, I'm on my way"))
        await volunteer.hears_of(_("Thank you. Ride safely."))
        is_here = await caller.hears_of("45")
        assert f"Rider {VOLUNTEER}" in is_here["text"] and "120" in is_here["text"]
    await after(nearby, 15)
    late = _(
        "{minutes} minutes ago somebody said that they were coming, and you haven't told me that they are with you. "
        "Other volunteers and the coordinators are being told. Please call:"
    )
    await caller.hears_of(late.format(minutes=45))
    await is_asked_to_help(second)
    await volunteer.hears_of(
        _(
            "It's a while since you said that you are going, and the caller hasn't told me that you are with them: "
            "others are asked now. If you are there, please stay, and ask them to end the call once they are safe."
        )
    )
    await coordinator.hears_of("🚨")
    assert (await acts(nearby))[-1] == HelpAction.HELP_WENT_BACK


@LANGUAGES
async def test_the_caller_says_that_the_helper_has_come_and_nobody_asks_any_more(nearby: Town, language: str) -> None:
    _ = translator(language)
    coordinator = await at_home(nearby, COORDINATOR, language)
    volunteer = await on_duty(nearby, VOLUNTEER, language)
    caller = await calls(nearby, language=language)
    await is_asked_to_help(volunteer)
    await volunteer.presses(_("🚴 I'm going"))
    await caller.hears_of("🚴")
    await volunteer.forges(presses.ARRIVED.data(FIRST))
    await volunteer.is_told(_("Only the caller or the person who is going can do that."))
    await caller.presses(_("🙋 They are with me"))
    said = _("✓ {name} is with you. Once you are safe, end the call. If it gets worse, call:")
    heard = await caller.hears_of(said.format(name=f"Rider {VOLUNTEER}"))
    assert _("🙅 Send them away") in str(heard), "it may have been pressed by mistake"
    await coordinator.hears_of("🙋")
    for _quarter in range(8):
        await after(nearby, 15)
    assert not any(_("🚴 Yes, I'm on my way") in str(one) for one in volunteer.heard)
    await caller.presses(_("✅ I'm safe, end the call"))
    nearby.deliver()
    over = _("✓ The call for help has ended. The location and the names have been deleted here.")
    await volunteer.hears_of(over)
    assert HelpAction.HELP_ARRIVED in await acts(nearby)


async def test_who_comes_closer_is_not_asked(nearby: Town) -> None:
    volunteer = await on_duty(nearby, VOLUNTEER, place=(DEZHOU[0] + 0.02, DEZHOU[1]), live_period=28_800)
    await calls(nearby)
    await is_asked_to_help(volunteer)
    await volunteer.presses("🚴 I'm going")
    await volunteer.hears_of("120")
    async with nearby.database.writing() as session:
        kept = await duties.require(session, PersonId(VOLUNTEER), nearby.now)
        until = nearby.now + timedelta(hours=4)
        nearer = duties.Volunteer(kept.name, DEZHOU[0] + 0.01, DEZHOU[1])
        await duties.begin(session, PersonId(VOLUNTEER), nearer, until, None)
    await after(nearby, 15)
    assert not any("Are you still going" in str(one) for one in volunteer.heard)
    await after(nearby, 15)
    await volunteer.hears_of("Are you still going")


async def test_a_caller_with_an_accomplice_has_six_calls_a_day(nearby: Town) -> None:
    """What its helper ends does not count, or a stranger could use up a caller's calls; but not any number."""
    volunteer = await on_duty(nearby, VOLUNTEER)
    caller = await at_home(nearby, CALLER)
    for number in range(1, 7):
        await calls_once_more(caller, volunteer)
        await volunteer.forges(presses.GOING.data(HelpCallId(number)))
        await caller.hears_of("🚴")
        await volunteer.forges(presses.HELPED.data(HelpCallId(number)))
        await caller.hears_of("✓ The call for help has ended.")
    await caller.forges(presses.CALL.data())
    await caller.is_told("You have called for help too often within 24 hours.")


async def test_an_erasure_gives_nobody_more_calls(nearby: Town) -> None:
    """Else one person could have everybody nearby called out for ever: call, erase everything, call again."""
    volunteer = await on_duty(nearby, VOLUNTEER)
    caller = await at_home(nearby, CALLER)
    for _ in range(3):
        await calls_once_more(caller, volunteer)
        await caller.forges(ERASE.data())
        await caller.hears_of("Your data has been erased.")
        assert await stored(nearby, "sos_calls") == []
    await caller.forges(presses.CALL.data())
    await caller.is_told("You have called for help too often within 24 hours.")
    nearby.now += timedelta(days=1)
    await caller.forges(presses.CALL.data())
    await caller.hears_of("press “Skip”")


@LANGUAGES
async def test_who_called_can_send_a_helper_away(nearby: Town, language: str) -> None:
    _ = translator(language)
    volunteer, second = [await on_duty(nearby, one, language) for one in (VOLUNTEER, SECOND_VOLUNTEER)]
    caller = await calls(nearby, language=language)
    await is_asked_to_help(volunteer)
    await volunteer.presses(_("🚴 I'm going"))
    await caller.hears_of("🚴")
    await second.forges(presses.SEND_AWAY.data(FIRST))
    await second.is_told(_("Only the caller or the person who is going can do that."))
    await caller.presses(_("🙅 Send them away"))
    await caller.hears_of(
        _("They are told not to come. Nobody is coming now; other volunteers and the coordinators are told.")
    )
    nearby.deliver()
    await volunteer.hears_of(_("You don't need to go any more. Thank you."))
    await is_asked_to_help(second)
    await volunteer.forges(presses.GOING.data(FIRST))
    await volunteer.is_told(_("This call for help was not for you."))
    for press in (presses.SEND_AWAY, presses.ARRIVED):
        await caller.forges(press.data(FIRST))
        await caller.is_told(
            _("Nobody is going any more, and your call goes on. If somebody is with you and you are safe, end it: /sos")
        )
    assert HelpAction.HELP_SENT_AWAY in await acts(nearby)


@LANGUAGES
async def test_nobody_has_all_volunteers_called_out_by_sending_each_away(nearby: Town, language: str) -> None:
    _ = translator(language)
    people = [VOLUNTEER, SECOND_VOLUNTEER, 571, 572, 573]
    volunteers = [await on_duty(nearby, one, language) for one in people]
    caller = await calls(nearby, language=language)
    for at in range(3):
        await is_asked_to_help(volunteers[at])
        await volunteers[at].presses(_("🚴 I'm going"))
        await caller.hears_of("🚴")
        for one in volunteers[at + 1 :]:
            one.skips_the_rest()
        await caller.presses(_("🙅 Send them away"))
        asked_again = "They are told not to come. Nobody is coming now; other volunteers and the coordinators are told."
        await caller.hears_of(_(asked_again)[:7])
        nearby.deliver()
    assert _(
        "They are told not to come. Nobody is coming now; the coordinators are told. No other volunteers are asked."
    ) in str(caller.heard)
    await nearby.until_idle()
    for one in volunteers[3:]:
        await one.forges(presses.GOING.data(FIRST))
        await one.is_told(_("This call for help was not for you."))
    late = await on_duty(nearby, 574, language)
    await nearby.until_idle()
    assert not any("venue" in one for one in late.heard)


@LANGUAGES
async def test_who_is_blocked_can_end_the_call_that_they_made(nearby: Town, language: str) -> None:
    _ = translator(language)
    await on_duty(nearby, VOLUNTEER, language)
    caller = await calls(nearby, language=language)
    await caller.hears_of("120")
    async with nearby.database.writing() as session:
        await blocks.block(session, PersonId(CALLER), "", ADMIN, nearby.now, None)
    await nearby.context.blocks.refresh()
    await caller.says("/sos")
    await caller.hears_of(_("🆘 You have called for help. Nobody has said yet that they are coming."))
    await caller.presses(_("✅ I'm safe, end the call"))
    nearby.deliver()
    await caller.hears_of(_("✓ The call for help has ended. The location and the names have been deleted here."))
    await caller.says("/sos")
    assert "reply_markup" not in await caller.hears_of("120")


async def after(town: Town, minutes: int) -> None:
    town.now += timedelta(minutes=minutes)
    await town.tick("sos")
    town.deliver()


@LANGUAGES
async def test_a_volunteer_of_an_area_hears_of_calls_in_it_wherever_they_are(nearby: Town, language: str) -> None:
    """The area's middle is 11 km away, its edge 12."""
    _ = translator(language)
    volunteer = await on_duty(nearby, VOLUNTEER, language, None)
    await volunteer.says("/sos")
    await volunteer.hears_of(_("In an emergency, call first:"))
    async with nearby.database.reading() as session:
        kept = await duties.require(session, PersonId(VOLUNTEER), nearby.now)
        assert (kept.area, kept.reach) == ("Fields <east>", 12_000)
        assert await duties.near(session, duties.Spot(*DEZHOU), 3_000, nearby.now) == [VOLUNTEER]
        assert await duties.near(session, duties.Spot(DEZHOU[0] - 0.1, DEZHOU[1]), 30_000, nearby.now) == []
    await calls(nearby, language=language)
    await is_asked_to_help(volunteer)


async def test_who_goes_on_duty_hears_of_a_call_that_nobody_has_answered(nearby: Town) -> None:
    caller = await calls(nearby)
    await caller.hears_of("No volunteer near you")
    volunteer = await on_duty(nearby, VOLUNTEER)
    await is_asked_to_help(volunteer)
    await volunteer.presses("🚴 I'm going")
    await caller.hears_of("🚴")
    await volunteer.presses("✅ It's over")
    await caller.hears_of("✓ The call for help has ended.")


async def test_a_live_location_is_followed_and_thrown_away_with_the_shift(nearby: Town) -> None:
    await is_member(nearby.database, VOLUNTEER)
    volunteer = await at_home(nearby, VOLUNTEER)
    await volunteer.says("/sos")
    await volunteer.hears_of("In an emergency")
    await volunteer.presses("🤝 I want to help others")
    await volunteer.hears_of("🤝")
    await volunteer.presses("✅ I agree")
    await volunteer.hears_of("You are not on duty.")
    await volunteer.presses("▶ Go on duty")
    await volunteer.hears_of("How long will you be on duty?")
    await volunteer.presses("4 hours")
    await volunteer.hears_of("is deleted at the end")
    live = await volunteer.shares(*FAR, live_period=900)
    await volunteer.hears_of("🤝 You are on duty until")
    place = {"latitude": DEZHOU[0], "longitude": DEZHOU[1], "live_period": 900}
    await nearby.world.edits(volunteer.person, live["message_id"], {"location": place})
    await nearby.until_idle()
    caller = await calls(nearby)
    await caller.hears_of("🆘 1 volunteer near you")
    await is_asked_to_help(volunteer)

    nearby.now = NOON + timedelta(hours=4)
    await volunteer.forges(presses.GOING.data(FIRST))
    await volunteer.is_told("You are not on duty any more.")
    for _ in range(3):
        await nearby.tick("sos")
    nearby.deliver()
    await volunteer.hears_of("your location has been deleted")
    assert await stored(nearby, "sos_duties") == []


async def test_who_is_no_member_any_more_takes_no_call(nearby: Town) -> None:
    volunteer = await on_duty(nearby, VOLUNTEER)
    caller = await calls(nearby)
    await is_asked_to_help(volunteer)
    async with nearby.database.writing() as session:
        await memberships.leave(session, PersonId(VOLUNTEER), NOON)
    await volunteer.presses("🚴 I'm going")
    await volunteer.is_told("Only members of the union can volunteer to help.")
    assert not any("🚴" in str(one.get("text")) for one in caller.heard)


async def test_who_was_not_told_or_has_no_right_can_do_nothing(nearby: Town) -> None:
    await on_duty(nearby, VOLUNTEER)
    far = await on_duty(nearby, FAR_VOLUNTEER, place=FAR)
    caller = await calls(nearby)
    await caller.hears_of("🆘 1 volunteer near you")
    for press, refusal in (
        (presses.GOING, "This call for help was not for you."),
        (presses.CANNOT_COME, "Only the caller or the person"),
        (presses.HELPED, "Only the caller or the person"),
        (presses.CALL_OFF, "Only the caller or the person"),
        (presses.FOLLOW, STAFF_ONLY),
        (presses.END_FOLLOWED, STAFF_ONLY),
    ):
        await far.forges(press.data(FIRST))
        await far.is_told(refusal)
    await far.forges(presses.GOING.data(HelpCallId(99)))
    await far.is_told("This call for help is over.")
    assert await acts(nearby) == [HelpAction.HELP_CALLED]


async def test_calls_are_limited_and_the_blocked_get_the_numbers_alone(nearby: Town) -> None:
    volunteer = await on_duty(nearby, VOLUNTEER)
    caller = await at_home(nearby, CALLER)
    for number in range(1, 4):
        await calls_once_more(caller, volunteer)
        await caller.forges(presses.CALL_OFF.data(HelpCallId(number)))
        await caller.hears_of("✓ The call for help has ended.")
    await caller.forges(presses.CALL.data())
    await caller.is_told("You have called for help too often within 24 hours.")
    async with nearby.database.writing() as session:
        await blocks.block(session, PersonId(CALLER), "false calls", ADMIN, NOON, None)
        await blocks.block(session, PersonId(VOLUNTEER), "spam", ADMIN, NOON, None)
        assert await duties.near(session, duties.Spot(*DEZHOU), 3_000, NOON) == []
    await nearby.context.blocks.refresh()
    await caller.says("/sos")
    heard = await caller.hears_of("In an emergency, call first:")
    assert "120" in heard["text"] and "reply_markup" not in heard


async def test_what_is_kept_is_sealed_shown_and_erased(nearby: Town) -> None:
    volunteer = await on_duty(nearby, VOLUNTEER)
    caller = await calls(nearby)
    await caller.hears_of("🆘 1 volunteer near you")
    await is_asked_to_help(volunteer)
    await volunteer.presses("🚴 I'm going")
    await caller.hears_of("🚴")
    kept = repr([await stored(nearby, table) for table in ("sos_calls", "sos_duties", "sos_told")])
    assert "Rider" not in kept and str(DEZHOU[0]) not in kept
    await volunteer.says("/privacy")
    await volunteer.hears_of("your location as a volunteer on duty")
    await erases_everything(volunteer)
    await caller.hears_of("can't make it. Nobody is coming now")
    await caller.says("/privacy")
    await caller.hears_of("your call for help with your location")
    await erases_everything(caller)
    for table in ("sos_calls", "sos_duties", "sos_told"):
        assert await stored(nearby, table) == []


async def test_it_is_not_there_where_it_is_switched_off(town: Town) -> None:
    rider = await at_home(town, CALLER)
    await rider.says("/sos")
    await rider.hears_of("I don't know this command.")
    await rider.forges(presses.CALL.data())
    await rider.is_answered()
    assert not town.context.settings.desks.get("sos")
    assert await stored(town, "sos_calls") == []


async def test_a_volunteer_who_is_blocked_on_the_way_is_not_waited_for(nearby: Town) -> None:
    """Nobody who was going to them could say so: the call would be theirs for three hours."""
    coordinator = await at_home(nearby, COORDINATOR)
    volunteer, second = await on_duty(nearby, VOLUNTEER), await on_duty(nearby, SECOND_VOLUNTEER)
    caller = await calls(nearby)
    await caller.hears_of("🆘 2 volunteers near you")
    await is_asked_to_help(volunteer)
    await is_asked_to_help(second)
    await volunteer.presses("🚴 I'm going")
    await second.hears_of("you don't need to go")
    async with nearby.database.writing() as session:
        await blocks.block(session, PersonId(VOLUNTEER), "threats", ADMIN, NOON, None)
    await nearby.context.blocks.refresh()
    await nearby.tick("sos")
    nearby.deliver()
    await caller.hears_of("can't make it. Nobody is coming now")
    await coordinator.hears_of("can't make it. Nobody is going now")
    await is_asked_to_help(second)
    await second.presses("🚴 I'm going")
    await caller.hears_of("🚴")


@LANGUAGES
async def test_cancel_says_that_a_call_goes_on_and_how_to_end_it(nearby: Town, language: str) -> None:
    """Who reads "There is nothing to cancel" would believe that nobody is told any more, or that nobody waits."""
    _ = translator(language)
    volunteer = await on_duty(nearby, VOLUNTEER, language)
    caller = await calls(nearby, language=language)
    await caller.hears_of("120")
    await caller.says("/cancel")
    said = await caller.hears_of(_("/cancel doesn't end it: your call goes on until you press the button."))
    assert _("🆘 You have called for help. Nobody has said yet that they are coming.") in said["text"]
    assert "120" in said["text"] and _("There is nothing to cancel.") not in said["text"]

    await is_asked_to_help(volunteer)
    await volunteer.presses(_("🚴 I'm going"))
    await volunteer.hears_of("120")
    await volunteer.says("/cancel")
    await volunteer.hears_of("/cancel")
    await volunteer.presses(_("✖ I can't come"))
    await volunteer.hears_of(_("Thank you for saying so. I'm telling them, other volunteers and the coordinators."))
    await volunteer.says("/cancel")
    await volunteer.hears_of(_("There is nothing to cancel."))

    await caller.says("/cancel")
    await caller.hears_of(_("/cancel doesn't end it: your call goes on until you press the button."))
    await caller.presses(_("✅ I'm safe, end the call"))
    await caller.hears_of(_("✓ The call for help has ended. The location and the names have been deleted here."))
    await caller.says("/cancel")
    await caller.hears_of(_("There is nothing to cancel."))
