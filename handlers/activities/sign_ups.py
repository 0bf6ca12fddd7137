"""Signing up for an activity, the waiting list, and offers of places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from handlers.activities import draws, presses
from handlers.activities import format as words
from handlers.activities.cards import edit_own_card, ensure_shown, own_card_of, shown
from handlers.activities.format import ActivityFacts
from handlers.activities.reminders import remind
from handlers.chat.press import Page
from handlers.chat.readers import RECIPIENT
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.forms import forms
from handlers.forms.questionnaires import Form, questionnaire
from handlers.forms.questions import Choice, Question, asked
from handlers.i18n.formatting import listed
from handlers.i18n.translations import N_
from handlers.inputs.choice import ButtonInput
from handlers.inputs.number import NUMBER
from handlers.inputs.text import TextInput
from storage.activities import activities, participants, sign_ups, waiting_list
from storage.activities.activities import Activity, ActivityState
from storage.activities.ids import ActivityId
from storage.activities.notices import PlaceLapsed, PlaceOffered
from storage.activities.participants import PlaceState
from storage.activities.sign_ups import MembersOnly, NotSignedUp, Place, SignUpClosed
from storage.people.access import Role


def register(routes: Routes) -> None:
    routes.press(presses.SIGN_UP, sign_up, shares_transaction=True)
    routes.press(presses.SIGN_UP_ALL_THE_SAME, sign_up_all_the_same)
    routes.press(presses.SIGN_UP_WITH_GUESTS, sign_up_with_guests)
    routes.press(presses.GIVE_BACK, give_back)
    routes.press(presses.GIVE_BACK_NOW, give_back_now, shares_transaction=True)
    routes.press(presses.COME_ALONE, come_alone)
    routes.press(presses.TAKE, take)
    routes.form(_SIGN_UP)
    routes.notice_about(PlaceOffered, offered_words, words.about, reader=RECIPIENT)
    routes.notice_about(PlaceLapsed, lapsed_words, words.about, reader=RECIPIENT)


async def sign_up(talk: Talk, activity_id: ActivityId) -> None:
    """One tap; more only where guests or questions make it needed, or something else happens at the same time."""
    row = await activities.published_for_update(talk.session, activity_id)
    await ensure_shown(talk, row)
    if not await _is_warned(talk, row):
        await _go_on(talk, row)


async def sign_up_with_guests(talk: Talk, activity_id: ActivityId, guests: int) -> None:
    """Their number was on the button."""
    row = await shown(talk, activity_id)
    if not await _is_warned(talk, row):
        await (_go_on(talk, row) if row.asks else _enter(talk, row, guests, ()))


async def _is_warned(talk: Talk, row: Activity) -> bool:
    """Whether this person has another place at the same time, and was asked if they want both."""
    others = await sign_ups.at_that_time(talk.session, row, talk.person.id)
    if not others:
        return False
    names = listed(others, talk.language)
    text = Markup("⚠️ {}").format(talk._("You are already signed up at that time for: {names}").format(names=names))
    yes = presses.SIGN_UP_ALL_THE_SAME.button(talk._("Sign up anyway"), row.id)
    talk.say(text, [[yes], [presses.SHOW_CARD.button(talk._("◀ Back"), row.id)]])
    return True


async def sign_up_all_the_same(talk: Talk, activity_id: ActivityId) -> None:
    await _go_on(talk, await shown(talk, activity_id))


async def _go_on(talk: Talk, row: Activity) -> None:
    if not (row.guests or row.asks) or await participants.stands(talk.session, row.id, talk.person.id):
        await _enter(talk, row, 0, ())
        return
    if not sign_ups.is_open(row, talk.now):
        raise SignUpClosed
    if row.members_only and Role.MEMBER not in talk.person.roles:
        raise MembersOnly
    await forms.begin(talk, _SIGN_UP, SignUpDraft(id=row.id, asks=tuple(row.asks), max_guests=row.guests))


async def _enter(talk: Talk, row: Activity, guests: int, answers: Sequence[str]) -> None:
    is_member = Role.MEMBER in talk.person.roles
    place = await sign_ups.sign_up(talk.session, row.id, talk.person.id, talk.now, guests, answers, is_member=is_member)
    if place.row.state == PlaceState.IN_DRAW:
        if talk.incoming.is_press:
            await edit_own_card(talk, row, place.row)
        talk.say(*await draws.ticket_page(talk, row, place.row))
        return
    await remind(talk, row)
    if talk.incoming.is_press and place.position is None and not (row.guests or row.asks):
        talk.answer_callback(words.placed_words(place, talk.language))
        await edit_own_card(talk, row, place.row)
    else:
        await _say_placed(talk, row, place)


async def _say_placed(talk: Talk, row: Activity, place: Place) -> None:
    text, buttons = await own_card_of(talk, row, place.row)
    talk.say(Markup("{}\n\n{}").format(words.placed_words(place, talk.language), text), buttons)


async def give_back(talk: Talk, activity_id: ActivityId) -> None:
    """A place, an offer or a position in the queue; asks first where it would be lost for good."""
    row = await activities.published(talk.session, activity_id)
    mine = await participants.of(talk.session, activity_id, talk.person.id)
    if mine is None or not await sign_ups.is_lost_by_leaving(talk.session, row, mine, talk.now):
        await give_back_now(talk, activity_id)
        return
    is_waiting, has_ticket = mine.state == PlaceState.WAITING, mine.state == PlaceState.IN_DRAW
    warning = (
        talk._("You would lose your place in line: others are waiting behind you.")
        if is_waiting
        else talk._("You may not get it back: it goes to the next person, or sign-up has closed.")
    )
    keep = talk._("Stay on the waiting list") if is_waiting else talk._("Keep my place")
    ask = talk._("Leave the waiting list of “{title}”?") if is_waiting else talk._("Give up your place at “{title}”?")
    if has_ticket:
        warning = talk._("The list of tickets is closed: you couldn't get another one.")
        ask = talk._("Give back your ticket for “{title}”?")
        keep = talk._("Keep my ticket")
    leave = talk._("Leave the waiting list") if is_waiting else talk._("↩ Give it up")
    talk.edit(
        Markup("<b>{}</b>\n{}").format(ask.format(title=row.title), warning),
        [
            [presses.SHOW_CARD.button(keep, activity_id)],
            [presses.TURN_LIST.button(talk._("◀ Back to list"), "week", 0)],
            [presses.GIVE_BACK_NOW.button(leave, activity_id)],
        ],
    )


async def give_back_now(talk: Talk, activity_id: ActivityId) -> None:
    """Who waits is offered what becomes free."""
    row = await activities.published_for_update(talk.session, activity_id)
    mine = await participants.of(talk.session, activity_id, talk.person.id)
    if mine is None:
        raise NotSignedUp
    state = mine.state
    await waiting_list.release_from(talk.session, row, mine, talk.now, talk.context.settings.quiet_hours)
    if state is PlaceState.IN_DRAW:
        said = talk._("You've given your ticket back.")
    elif state is PlaceState.WAITING:
        said = talk._("You've left the waiting list.")
    else:
        said = talk._("You've given up your place. Thanks for letting us know.")
    talk.answer_callback(said)
    await edit_own_card(talk, row, mine)


async def come_alone(talk: Talk, activity_id: ActivityId) -> None:
    """The free place, without the guests for whom there was none."""
    mine = await waiting_list.come_alone(
        talk.session, activity_id, talk.person.id, talk.now, is_member=Role.MEMBER in talk.person.roles
    )
    row = await activities.published(talk.session, activity_id)
    await remind(talk, row)
    talk.answer_callback(talk._("You're signed up. I'll remind you."))
    await edit_own_card(talk, row, mine)


async def take(talk: Talk, activity_id: ActivityId) -> None:
    """The offered place."""
    mine = await waiting_list.accept(
        talk.session, activity_id, talk.person.id, talk.now, is_member=Role.MEMBER in talk.person.roles
    )
    row = await activities.published(talk.session, activity_id)
    await remind(talk, row)
    talk.answer_callback(talk._("You're signed up. I'll remind you."))
    await edit_own_card(talk, row, mine)


def _guest_choices(talk: Talk, draft: SignUpDraft) -> Sequence[Choice[int]]:
    return [Choice(str(n), talk._("Just me") if n == 0 else f"+{n}", n) for n in range(draft.max_guests + 1)]


def _may_bring_guests(draft: SignUpDraft) -> bool:
    return draft.max_guests > 0


def _organisers_question(number: int) -> Question[str, SignUpDraft]:
    return Question(
        title=lambda talk: talk._("Answer {n}").format(n=number + 1),
        ask=lambda _talk, draft: str(Markup.escape(draft.asks[number])),
        input=TextInput(1, 300),
        when=lambda draft: len(draft.asks) > number,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUpDraft:
    """For an activity with its organiser's questions (planning.MOST_QUESTIONS at most)."""

    id: ActivityId
    asks: tuple[str, ...]
    max_guests: int = field(metadata={"until_0_7": "guests"})
    guests: int = asked(
        Question(
            N_("Guests"),
            N_("Is anyone coming with you?"),
            ButtonInput(NUMBER),
            columns=4,
            choices=_guest_choices,
            when=_may_bring_guests,
        ),
        default=0,
    )
    answer0: str = asked(_organisers_question(0), default="")
    answer1: str = asked(_organisers_question(1), default="")


async def _signed_up(talk: Talk, draft: SignUpDraft) -> None:
    row = await activities.published(talk.session, draft.id)
    given = [draft.answer0, draft.answer1][: len(draft.asks)]
    await _enter(talk, row, draft.guests, given)


async def _over(talk: Talk, draft: SignUpDraft) -> str:
    """Said at the next step, and not only once everything has been filled in."""
    row = await activities.find(talk.session, draft.id)
    if row is None or row.state == ActivityState.CANCELLED:
        return talk._("The activity was cancelled, so I have closed this form; you were not signed up.")
    if sign_ups.is_open(row, talk.now):
        return ""
    if sign_ups.is_being_drawn(row, talk.now):
        return talk._(
            "The places are being drawn, so I have closed this form; you were not signed up. Try again in a few "
            "minutes: you can then sign up for any that are left."
        )
    return talk._(
        "Sign-up for “{title}” is over, so I have closed this form; you were not signed up. Other activities: "
        "/activities"
    ).format(title=row.title)


_SIGN_UP = Form(
    name="sign_up",
    title=N_("Sign-up"),
    questionnaire=questionnaire(SignUpDraft),
    done=_signed_up,
    review=False,
    over=_over,
)


def offered_words(view: View, notice: PlaceOffered, activity: ActivityFacts) -> Page:
    held = view._("It's held for you until {time}; then it goes to the next person.")
    text = Markup("🎁 {}\n{}\n{}").format(
        view._("A place is free for you!"),
        words.title_and_time(view, activity),
        held.format(time=view.end(notice.until)),
    )
    rows = [
        [presses.TAKE.button(view._("🎁 Take the place"), activity.id)],
        [presses.GIVE_BACK.button(view._("✖ Decline"), activity.id)],
    ]
    return text, rows


def lapsed_words(view: View, _notice: PlaceLapsed, activity: ActivityFacts) -> Page:
    text = Markup("{}\n{}").format(
        view._("Time ran out and the place went to the next person. You can join the waiting list again."),
        words.title_and_time(view, activity),
    )
    return text, [[presses.OPEN_CARD.button(view._("View"), activity.id)]]
