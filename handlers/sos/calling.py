"""/sos: whom to call, at once; and, after a confirmation, volunteers nearby are told."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from markupsafe import Markup

from handlers.chat.press import Button, Buttons, Page
from handlers.chat.readers import RECIPIENT
from handlers.chat.routes import Routes
from handlers.chat.subjects import Subject
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.forms import forms
from handlers.i18n.translations import N_
from handlers.sos import presses, words
from handlers.sos.form import Where, calling
from handlers.sos.inputs import Here
from handlers.sos.offering import OFFERED_FOR, Offering
from handlers.sos.telling import tell
from storage.sos import calls, duties, going, reading
from storage.sos.ids import HelpCallId
from storage.sos.notices import Gone, HelperGaveUp, HelperHere, HelperIsGoing, HelpOver, NobodyAnswers
from storage.sos.reading import Facts
from storage.sos.table import HELD_FOR, Content
from storage.stations import searches
from storage.stations.ids import SearchId

SUBJECT = Subject(
    N_("🆘 Help from riders nearby"),
    {"zh_Hans": "求助、求救、附近骑手帮忙、摔车", "en": "sos, emergency, crash, volunteer"},
)


def register(routes: Routes) -> None:
    offering = Offering()
    routes.command(
        "sos",
        partial(command, offering=offering),
        about=N_("Emergency: numbers, riders nearby"),
        subject=SUBJECT,
        for_blocked=True,
        writes=False,
    )
    routes.below_search(offering.buttons)
    routes.press(presses.CALL, confirm)
    routes.press(presses.CALL_FROM, call_from)
    routes.press(presses.CALL_OFF, call_off, for_blocked=True)
    routes.press(presses.ARRIVED, arrived)
    routes.press(presses.SEND_AWAY, send_away)
    routes.form(_CALL)
    tell(routes, HelperIsGoing, going_words, reading.while_taken, reader=RECIPIENT)
    tell(routes, HelperHere, here_words, reading.while_awaited, reader=RECIPIENT)
    tell(routes, HelperGaveUp, gave_up_words, reading.while_open, reader=RECIPIENT)
    tell(routes, NobodyAnswers, nobody_words, reading.while_open, reader=RECIPIENT)
    routes.notice(HelpOver, over_words, reader=RECIPIENT)


async def command(talk: Talk, offering: Offering) -> None:
    """The numbers first. Whoever is blocked gets these alone, and can end the call that they made before."""
    is_blocked = talk.context.blocks.is_blocked(talk.person.id, talk.now)
    running = await reading.called_by(talk.session, talk.person.id)
    if running is not None:
        _say_running(talk, running, [[words.call_off(talk.view, running.id)]] if is_blocked else None)
        return
    head = _head(talk)
    if is_blocked:
        talk.say(head)
        return
    offering.remember(talk.person.id, talk.now)
    talk.say(Markup("{}\n\n{}").format(head, _offer(talk)), [[_ask_button(talk)], [await _volunteer_button(talk)]])


def _head(talk: Talk) -> Markup:
    return Markup("<b>{}</b>\n{}").format(talk._("In an emergency, call first:"), words.numbers(talk.view))


def _say_running(talk: Talk, running: Facts, rows: Buttons | None = None) -> None:
    """Whom to call, and how their call stands."""
    text = Markup("{}\n\n{}").format(_head(talk), _state_words(talk, running))
    talk.say(text, _ways_to_end(talk, running) if rows is None else rows)


def _offer(talk: Talk) -> str:
    return talk._(
        "I can also tell riders nearby who are on duty as volunteers. Nobody can promise that somebody will come. "
        "They see your location and, once they are going, your first name; the coordinators of {organisation} see "
        "your location, your first name and your account. All of it is erased when the call ends."
    ).format(organisation=talk.context.settings.organisation.name)


def _ask_button(talk: Talk) -> Button:
    return presses.CALL.button(words.call_label(talk))


async def _volunteer_button(talk: Talk) -> Button:
    is_on_duty = await duties.until(talk.session, talk.person.id, talk.now) is not None
    return presses.VOLUNTEER.button(talk._("🤝 My shift") if is_on_duty else talk._("🤝 I want to help others"))


def _state_words(talk: Talk, running: Facts) -> str:
    if running.helper is None or running.content is None:
        return talk._("🆘 You have called for help. Nobody has said yet that they are coming.")
    if running.content.is_here:
        name = words.named(talk.view, running.content.helper)
        return talk._("🆘 You have called for help, and {name} is with you.").format(name=name)
    return talk._("🆘 You have called for help, and somebody is coming.")


async def beyond_cancel(talk: Talk) -> Page | None:
    """The call of this person, or the one to which they are going: only its own buttons end it."""
    running = await reading.called_by(talk.session, talk.person.id)
    if running is not None:
        said = talk._("/cancel doesn't end it: your call goes on until you press the button.")
        text = Markup("{}\n{}").format(_state_words(talk, running), said)
        return words.with_numbers(talk.view, text), _ways_to_end(talk, running)
    taken = await reading.taken_by(talk.session, talk.person.id)
    if taken is None or taken.content is None:
        return None
    said = talk._(
        "🚴 You are going to somebody who has called for help. /cancel doesn't change that. If you can't come, say so:"
    )
    if taken.content.is_here:
        said = talk._(
            "🙋 You are with somebody who has called for help. /cancel doesn't change that. If you have to leave, say "
            "so:"
        )
    return said, words.helper_buttons(talk.view, taken.id, taken.content)


def _ways_to_end(talk: Talk, running: Facts) -> Buttons:
    rows = [[words.call_off(talk.view, running.id)]]
    if running.helper is not None:
        if running.content is not None and not running.content.is_here:
            rows.insert(0, [words.arrived(talk.view, running.id)])
        rows.append([words.send_away(talk.view, running.id)])
    return rows


async def confirm(talk: Talk) -> None:
    """Where they are; whoever has called already sees that again."""
    if await _may_call(talk):
        talk.remove_buttons()
        await forms.begin(talk, _CALL)


async def call_from(talk: Talk, search_id: SearchId) -> None:
    """They are where they have just searched; if that place is old or forgotten, they are asked again."""
    if not await _may_call(talk):
        return
    talk.put_in_place([])
    search = await searches.find(talk.session, search_id, talk.person.id)
    if search is None or talk.now - search.at > OFFERED_FOR:
        await forms.begin(talk, _CALL)
        return
    await _called(talk, Where(Here(search.latitude, search.longitude)))


async def _may_call(talk: Talk) -> bool:
    """Whoever has called already sees how that stands. Raises TooManyCalls."""
    running = await reading.called_by(talk.session, talk.person.id)
    if running is not None:
        _say_running(talk, running)
        return False
    erased = talk.context.erased_calls.of(talk.person.id)
    await calls.check_allowance(talk.session, talk.person.id, erased, talk.now)
    return True


async def _called(talk: Talk, draft: Where) -> None:
    here = draft.here
    content = Content(words.own_name(talk), here.latitude, here.longitude) if here else Content(words.own_name(talk))
    followers = await words.followers(talk)
    metres = talk.context.settings.help_within
    erased = talk.context.erased_calls.of(talk.person.id)
    row, told = await calls.begin(talk.session, talk.person.id, content, metres, followers, talk.now, erased)
    said = _told_words(talk, told) if told else _alone_words(talk, has_followers=bool(followers))
    talk.say(words.with_numbers(talk.view, said), [[words.call_off(talk.view, row.id)]], vital=True)


def _told_words(talk: Talk, told: int) -> str:
    return talk.plural(
        "🆘 {n} volunteer near you is being told. Nobody has said yet that they are coming: I'll tell you as soon as "
        "somebody does, and after 3 minutes if nobody has. Don't wait for it if you need help now. Call:",
        "🆘 {n} volunteers near you are being told. Nobody has said yet that they are coming: I'll tell you as soon as "
        "somebody does, and after 3 minutes if nobody has. Don't wait for it if you need help now. Call:",
        told,
    ).format(n=told)


def _alone_words(talk: Talk, *, has_followers: bool) -> str:
    if has_followers:
        return talk._(
            "No volunteer near you is on duty, so nobody is coming. The coordinators are being told, but they "
            "may not see it in time. Please call:"
        )
    return talk._("No volunteer near you is on duty, so nobody is coming. Please call:")


async def call_off(talk: Talk, call_id: HelpCallId) -> None:
    """They are safe."""
    await calls.end_by_party(talk.session, call_id, talk.person.id, await words.followers(talk), talk.now)
    talk.remove_buttons()


async def arrived(talk: Talk, call_id: HelpCallId) -> None:
    """Whoever was going is with them."""
    content = await going.arrived(talk.session, call_id, talk.person.id, await words.followers(talk), talk.now)
    said = talk._("✓ {name} is with you. Once you are safe, end the call. If it gets worse, call:")
    name = words.named(talk.view, content.helper)
    buttons = [
        [words.call_off(talk.view, call_id)],
        [words.send_away(talk.view, call_id)],
    ]  # it may be pressed by mistake
    talk.edit(words.with_numbers(talk.view, said.format(name=name)), buttons)


async def send_away(talk: Talk, call_id: HelpCallId) -> None:
    """They do not want whoever is going."""
    metres, followers = talk.context.settings.help_within, await words.followers(talk)
    if await going.send_away(talk.session, call_id, talk.person.id, metres, followers, talk.now):
        said = talk._(
            "They are told not to come. Nobody is coming now; other volunteers and the coordinators are told."
        )
    else:
        said = talk._(
            "They are told not to come. Nobody is coming now; the coordinators are told. No other volunteers are asked."
        )
    talk.edit(words.with_numbers(talk.view, said), [[words.call_off(talk.view, call_id)]])


def going_words(view: View, notice: HelperIsGoing, facts: Facts) -> Page:
    assert facts.content is not None
    name = words.named(view, facts.content.helper)
    said = view._("🚴 {name} says: I'm coming. I can't see how far away they are. If it gets worse, call:")
    return words.with_numbers(view, said.format(name=name)), [
        [words.arrived(view, notice.subject)],
        [words.call_off(view, notice.subject)],
        [words.send_away(view, notice.subject)],
    ]


def here_words(view: View, notice: HelperHere, facts: Facts) -> Page:
    assert facts.content is not None
    said = view._(
        "Is {name} with you? If I don't hear from you, I'll ask others {minutes} minutes after they said they were "
        "coming. You can also ask others at once. If it gets worse, call:"
    ).format(name=words.named(view, facts.content.helper), minutes=HELD_FOR // timedelta(minutes=1))
    return words.with_numbers(view, said), [
        [words.arrived(view, notice.subject)],
        [words.send_away(view, notice.subject)],
    ]


def gave_up_words(view: View, notice: HelperGaveUp, facts: Facts) -> Page:
    said = view._(
        "The person who was coming can't make it. Nobody is coming now; the coordinators are being told. Please call:"
    )
    if notice.why is Gone.LEFT and facts.content is not None:
        name = words.named(view, facts.content.left)
        said = view._(
            "{name} had to leave. Nobody is with you now; the coordinators are being told. If you are safe, end the "
            "call. If not, call:"
        ).format(name=name)
    elif notice.why is Gone.LATE:
        said = view._(
            "{minutes} minutes ago somebody said that they were coming, and you haven't told me that they are with "
            "you. Other volunteers and the coordinators are being told. Please call:"
        ).format(minutes=HELD_FOR // timedelta(minutes=1))
    return words.with_numbers(view, said), [[words.call_off(view, notice.subject)]]


def nobody_words(view: View, notice: NobodyAnswers, _facts: Facts) -> Page:
    said = view._(
        "Nobody has answered within 3 minutes: don't count on somebody coming. The coordinators are being told again. "
        "Please call:"
    )
    return words.with_numbers(view, said), [[words.call_off(view, notice.subject)]]


def over_words(view: View, _notice: HelpOver) -> Page:
    return view._("✓ The call for help has ended. The location and the names have been deleted here."), []


_CALL = calling(_called)
