"""Coordinators follow every call for help."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from handlers.chat.feature import Duty
from handlers.chat.press import Page
from handlers.chat.readers import holding
from handlers.chat.replies import Venue
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.sos import presses, words
from handlers.sos.telling import tell
from storage.people.access import Right
from storage.sos import calls, reading
from storage.sos.ids import HelpCallId
from storage.sos.notices import HelpFollowed, Turn
from storage.sos.reading import Facts
from storage.sos.table import Content

_RIGHT = Right.FOLLOW_HELP


def register(routes: Routes) -> None:
    tell(routes, HelpFollowed, followed_words, reading.for_follower, reader=holding(_RIGHT))
    routes.press(presses.FOLLOW, show, right=_RIGHT)
    routes.press(presses.END_FOLLOWED, end, right=_RIGHT)


def followed_words(view: View, notice: HelpFollowed, facts: Facts) -> Page:
    if notice.turn is Turn.ENDED or facts.content is None:
        return view._("✓ The call for help of {time} has ended.").format(time=view.moment(facts.at)), []
    said = _turn_words(view, notice.turn, facts).format(
        name=words.named(view, facts.content.name),
        helper=words.named(view, facts.content.left if notice.turn is Turn.LEFT else facts.content.helper),
        time=view.moment(facts.at),
        n=facts.told,
    )
    return Markup.escape(said), [[presses.FOLLOW.button(view._("👁 Follow the call"), notice.subject)]]


def _turn_words(view: View, turn: Turn, facts: Facts) -> str:
    if turn is Turn.TAKEN:
        return view._("🚴 {helper} is going to {name}, who called for help ({time}).")
    if turn is Turn.ARRIVED:
        return view._("🙋 {helper} is with {name}, who called for help ({time}).")
    if turn is Turn.GIVEN_BACK:
        return view._(
            "🚨 The person going to {name} can't make it. Nobody is going now ({time}). Please see to it at once."
        )
    if turn is Turn.LEFT:
        return view._(
            "🚨 {helper} was with {name} and had to leave. Nobody is with them now ({time}). Please see to it at once."
        )
    if turn is Turn.SENT_AWAY:
        return view._(
            "🚨 {name} doesn't want the person who was going. Nobody is going now ({time}). Please see to it at once."
        )
    if turn is Turn.UNANSWERED:
        return view._("🚨 {name} has called for help ({time}), and nobody is going. Please see to it at once.")
    return view.plural(
        "🆘 {name} has called for help ({time}). {n} volunteer nearby is being told.",
        "🆘 {name} has called for help ({time}). {n} volunteers nearby are being told.",
        facts.told,
    )


async def show(talk: Talk, call_id: HelpCallId) -> None:
    """Who called, who is going, and the place. It is written down who looked."""
    facts = await reading.place_for_follower(talk.session, call_id, talk.person.id, talk.now)
    assert facts.content is not None
    buttons = [
        [presses.FOLLOW.button(talk._("🔄 Look again"), call_id)],
        [presses.END_FOLLOWED.button(talk._("✅ End the call"), call_id)],
    ]
    spot = facts.content.spot
    if spot is not None:
        name = words.named(talk.view, facts.content.name)
        venue = Venue(*spot, talk._("🆘 {name} needs help").format(name=name), talk.view.moment(facts.at))
        talk.send("sendVenue", {**venue.params, "protect_content": True}, [])
    talk.say(_state_words(talk, facts, facts.content), buttons)


def _state_words(talk: Talk, facts: Facts, content: Content) -> Markup:
    view = talk.view
    name = Markup('<a href="tg://user?id={}">{}</a>').format(facts.person_id, words.named(view, content.name))
    lines = [Markup(view._("🆘 {name} has called for help ({time}).")).format(name=name, time=view.moment(facts.at))]
    if content.helper or facts.helper is not None:
        said = view._("🙋 {helper} is with them.") if content.is_here else view._("🚴 {helper} is going.")
        lines.append(Markup(said).format(helper=words.named(view, content.helper)))
    else:
        said = view.plural(
            "Nobody is going. {n} volunteer was told.", "Nobody is going. {n} volunteers were told.", facts.told
        )
        lines.append(Markup.escape(said.format(n=facts.told)))
    if content.spot is None:
        lines.append(Markup.escape(view._("They didn't send a location.")))
    return Markup("\n").join(lines)


async def end(talk: Talk, call_id: HelpCallId) -> None:
    await calls.end_by_follower(talk.session, call_id, talk.person.id, await words.followers(talk), talk.now)
    talk.remove_buttons()


async def duties(talk: Talk) -> Sequence[Duty]:
    """The calls that have not ended."""
    if not talk.person.may(_RIGHT):
        return []
    return [
        Duty(
            talk._("🆘 Call for help ({time})").format(time=talk.view.moment(one.at)),
            [presses.FOLLOW.button(talk._("👁 Follow the call"), one.id)],
        )
        for one in await reading.running(talk.session)
    ]
