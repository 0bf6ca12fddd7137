"""Volunteers: what they agree to, and their shifts."""

from __future__ import annotations

from datetime import timedelta

from markupsafe import Markup

from handlers.chat.press import Page
from handlers.chat.readers import RECIPIENT
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.forms import forms
from handlers.i18n.translations import N_, distance
from handlers.inputs.consent import Wording, wording
from handlers.sos import presses, words
from handlers.sos.form import Shift, going_on_duty
from storage.geodesy import is_place
from storage.privacy import consents
from storage.sos import asking, duties
from storage.sos.duties import PURPOSE, Spot, Volunteer
from storage.sos.notices import DutyOver
from storage.telegram_ids import MessageId

CONSENT = Wording(
    PURPOSE,
    1,
    N_(
        "<b>🤝 Help riders nearby</b>\n"
        "While you are on duty, I tell you when somebody near you calls for help. You decide each time whether you "
        "go.\n"
        "• <b>What is stored:</b> your first name and your place, only while you are on duty, for a shift that you "
        "begin and end yourself.\n"
        "• <b>Who sees it:</b> nobody sees your place. If you say that you are going, who called and the coordinators "
        "of {organisation} see your first name.\n"
        "• <b>How long:</b> until the end of your shift.\n"
        "<blockquote expandable>It is stored encrypted. What you learn about somebody who calls is for helping them, "
        "and for nothing else. Don't put yourself in danger: to call the emergency services is help, too. "
        "<b>Telegram</b> can read what you send to a bot.</blockquote>\n"
        "Do you agree that {organisation} stores it while you are on duty?"
    ),
)


def register(routes: Routes) -> None:
    routes.press(presses.VOLUNTEER, show)
    routes.press(presses.AGREE, agree)
    routes.press(presses.DO_NOT_AGREE, do_not_agree, writes=False)
    routes.press(presses.GO_ON_DUTY, begin)
    routes.press(presses.END_DUTY, end)
    routes.press(presses.WITHDRAW, withdraw)
    routes.form(_SHIFT)
    routes.follow(follow)
    routes.notice(DutyOver, over_words, reader=RECIPIENT)


async def show(talk: Talk) -> None:
    """Their shift; before the first one, what is to be agreed to."""
    await duties.require_member(talk.session, talk.person.id, talk.now)
    if await consents.version_of(talk.session, talk.person.id, PURPOSE) != CONSENT.version:
        yes = presses.AGREE.button(talk._("✅ I agree"), CONSENT.version)
        talk.edit(wording(talk, CONSENT), [[yes], [presses.DO_NOT_AGREE.button(talk._("No, thank you"))]])
        return
    talk.edit(*await page(talk))


async def page(talk: Talk) -> Page:
    withdraw_button = presses.WITHDRAW.button(talk._("✖ Don't help any more"))
    until = await duties.until(talk.session, talk.person.id, talk.now)
    if until is None:
        said = talk._("You are not on duty. Your location isn't stored.")
        return said, [[presses.GO_ON_DUTY.button(talk._("▶ Go on duty"))], [withdraw_button]]
    kept = await duties.require(talk.session, talk.person.id, talk.now)
    if kept.area:
        said = talk._("🤝 You are on duty until {time}. I'll tell you when somebody in {area} calls for help.")
    else:
        said = talk._("🤝 You are on duty until {time}. I'll tell you when somebody within {distance} calls for help.")
    near = distance(talk.context.settings.help_within, talk.language)
    return Markup(said).format(time=talk.view.moment(until), distance=near, area=kept.area), [
        [presses.END_DUTY.button(talk._("⏹ End my shift"))],
        [presses.GO_ON_DUTY.button(talk._("📍 New location or time"))],
        [withdraw_button],
    ]


async def agree(talk: Talk, version: int) -> None:
    if version != CONSENT.version:
        talk.say(talk._("The terms have changed. Please read them again: {command}").format(command="/sos"))
        return
    await duties.require_member(talk.session, talk.person.id, talk.now)
    await consents.give(talk.session, talk.person.id, PURPOSE, CONSENT.version, talk.now)
    talk.edit(*await page(talk))


async def do_not_agree(talk: Talk) -> None:
    talk.edit(talk._("Then I store nothing."))


async def begin(talk: Talk) -> None:
    await consents.require(talk.session, talk.person.id, PURPOSE, CONSENT.version)
    await forms.begin(talk, _SHIFT)


async def _began(talk: Talk, draft: Shift) -> None:
    """On duty; who has called nearby and is still alone is told to them at once."""
    await consents.require(talk.session, talk.person.id, PURPOSE, CONSENT.version)
    await duties.require_member(talk.session, talk.person.id, talk.now)
    here, until = draft.here, talk.now + timedelta(hours=draft.hours)
    volunteer = Volunteer(words.own_name(talk), here.latitude, here.longitude, here.area, here.reach)
    message = MessageId(here.live_message) if here.live_message else None
    await duties.begin(talk.session, talk.person.id, volunteer, until, message)
    await asking.ask_newcomer(talk.session, talk.person.id, volunteer, talk.context.settings.help_within, talk.now)
    talk.say(*await page(talk))


async def end(talk: Talk) -> None:
    await duties.end(talk.session, talk.person.id)
    talk.edit(*await page(talk))


async def withdraw(talk: Talk) -> None:
    """No volunteer any more."""
    await duties.end(talk.session, talk.person.id)
    await consents.withdraw(talk.session, talk.person.id, PURPOSE, talk.now)
    talk.edit(talk._("I won't tell you about calls any more, and your location isn't stored. Thank you for your help."))


async def follow(talk: Talk) -> None:
    """Follows the live location that a volunteer shares."""
    place, message = talk.incoming.place, talk.incoming.message_id
    if place is not None and message is not None and is_place(place.latitude, place.longitude):
        spot = Spot(place.latitude, place.longitude)
        await duties.move(talk.session, talk.person.id, message, spot, talk.now)


def over_words(view: View, _notice: DutyOver) -> Page:
    return view._("⏹ Your shift as a volunteer is over, and your location has been deleted. Thank you!"), [
        [presses.GO_ON_DUTY.button(view._("▶ Go on duty"))]
    ]


_SHIFT = going_on_duty(_began)
