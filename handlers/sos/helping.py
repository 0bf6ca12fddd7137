"""A volunteer hears of a call, says that they are going, can't come, or has helped."""

from __future__ import annotations

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.chat.press import Page
from handlers.chat.readers import RECIPIENT
from handlers.chat.replies import Outgoing, Venue, buttons_markup
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.i18n.translations import distance
from handlers.sos import presses, words
from handlers.sos.telling import tell
from storage.deliveries.queue import Claimed
from storage.sos import calls, going, reading
from storage.sos.ids import HelpCallId
from storage.sos.notices import HelperConfirmed, HelpNoLongerWanted, HelpWanted, NotWanted, StillGoing
from storage.sos.reading import Facts
from storage.sos.table import Content
from storage.telegram_ids import PersonId, private_chat_of


def register(routes: Routes) -> None:
    routes.compose(HelpWanted.kind, wanted)
    routes.notice(HelpNoLongerWanted, no_longer_words, reader=RECIPIENT)
    routes.press(presses.GOING, go)
    routes.press(presses.CANNOT_COME, cannot_come)
    routes.press(presses.HELPED, helped)
    routes.press(presses.STILL_GOING, still_going)
    tell(routes, StillGoing, still_words, reading.while_awaited, reader=_is_going)
    tell(routes, HelperConfirmed, confirmed_words, reading.while_here, reader=_is_going)


async def wanted(session: AsyncSession, view: View, delivery: Claimed) -> Outgoing | None:
    """The place as a venue that opens in the phone's map and can't be passed on; nothing, if the volunteer is off duty
    or blocked by now, or somebody is going."""
    if delivery.subject is None or view.context.blocks.is_blocked(delivery.recipient, view.now):
        return None
    call_id = HelpCallId(delivery.subject)
    found = await reading.wanted_from(session, call_id, delivery.recipient, view.now)
    if found is None:
        return None
    spot, metres = found
    away = view._("{distance} from you").format(distance=distance(metres, view.language))
    venue = Venue(*spot, view._("🆘 A rider needs help"), away)
    buttons = buttons_markup([[presses.GOING.button(view._("🚴 I'm going"), call_id)]])
    params = {"chat_id": private_chat_of(delivery.recipient), **venue.params, "protect_content": True}
    return Outgoing("sendVenue", {**params, "reply_markup": buttons})


async def go(talk: Talk, call_id: HelpCallId) -> None:
    """The first one goes."""
    content = await going.take(talk.session, call_id, talk.person.id, await words.followers(talk), talk.now)
    talk.remove_buttons()
    said = talk._(
        "Thank you. {name} is told that you are coming, and your first name. Don't put yourself in danger; if somebody "
        "is hurt or threatened, call:"
    ).format(name=words.named(talk.view, content.name))
    talk.say(
        words.with_numbers(talk.view, said),
        words.helper_buttons(talk.view, call_id, content),
    )


async def cannot_come(talk: Talk, call_id: HelpCallId) -> None:
    """They can't come, or have to leave."""
    metres = talk.context.settings.help_within
    followers = await words.followers(talk)
    await going.give_back(talk.session, call_id, talk.person.id, metres, followers, talk.now)
    talk.edit(talk._("Thank you for saying so. I'm telling them, other volunteers and the coordinators."))


async def _is_going(
    session: AsyncSession, _view: View, person_id: PersonId, notice: StillGoing | HelperConfirmed
) -> bool:
    found = await reading.facts(session, notice.subject)
    return found is not None and found.helper == person_id


def still_words(view: View, notice: StillGoing, _facts: Facts) -> Page:
    said = view._(
        "Are you still going to the rider who needs help? If you don't answer within 5 minutes, I'll ask others."
    )
    return said, [
        [presses.STILL_GOING.button(view._("🚴 Yes, I'm on my way"), notice.subject)],
        [presses.CANNOT_COME.button(view._("✖ I can't come"), notice.subject)],
    ]


async def still_going(talk: Talk, call_id: HelpCallId) -> None:
    content = await going.still_going(talk.session, call_id, talk.person.id, talk.now)
    said = _confirmed(talk.view, content) if content.is_here else talk._("Thank you. Ride safely.")
    talk.edit(said, words.helper_buttons(talk.view, call_id, content))


def confirmed_words(view: View, notice: HelperConfirmed, facts: Facts) -> Page:
    assert facts.content is not None
    return _confirmed(view, facts.content), words.helper_buttons(view, notice.subject, facts.content)


def _confirmed(view: View, content: Content) -> Markup:
    said = view._("✓ {name} says that you are with them.").format(name=words.named(view, content.name))
    return Markup.escape(said)


async def helped(talk: Talk, call_id: HelpCallId) -> None:
    await calls.end_by_party(talk.session, call_id, talk.person.id, await words.followers(talk), talk.now)
    talk.remove_buttons()


def no_longer_words(view: View, notice: HelpNoLongerWanted) -> Page:
    said = view._("Somebody else is going, or the call for help is over: you don't need to go. Thank you.")
    if notice.why is NotWanted.LATE:
        said = view._(
            "It's a while since you said that you are going, and the caller hasn't told me that you are with them: "
            "others are asked now. If you are there, please stay, and ask them to end the call once they are safe."
        )
    elif notice.why is NotWanted.SENT_AWAY:
        said = view._("You don't need to go any more. Thank you.")
    elif notice.why is NotWanted.SENT_HOME:
        said = view._("You don't need to stay any longer. Thank you.")
    return said, []
