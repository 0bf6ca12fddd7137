"""Signing up, the waiting list, offers, reminders, and questions to the organiser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from markupsafe import Markup

from handlers import activity_words as words
from handlers import forms, texts
from handlers.access import Right, Role
from handlers.activities import card_of, edit_card
from handlers.forms import Choice, Form, Question, press_a_button, short_text
from handlers.house import House
from handlers.routes import Routes
from handlers.talk import Button, Buttons, Forged, Talk
from storage import activities, activity_questions, offers, reminders, sign_ups
from storage.activities import Activity, leads_of
from storage.database import Refused
from storage.dialogues import Answers
from storage.sign_ups import MembersOnly, Place, PlaceState, SignUpClosed

LEADS = ("", "172800,86400", "86400,7200", "86400", "7200", "1800")
"""What can be chosen: none, or these seconds before the start."""


class NoSuchQuestion(Refused):
    """The question has been answered long ago, or was erased."""


def register(routes: Routes) -> None:
    routes.press("signup", sign_up, int)
    routes.press("signupall", sign_up_all_the_same, int)
    routes.press("giveback", give_back, int)
    routes.press("take", take, int)
    routes.press("leads", show_leads, int, writes=False)
    routes.press("setleads", set_leads, int, int)
    routes.press("actask", ask_organiser, int)
    routes.press("actreply", reply, int, right=Right.RUN_ACTIVITIES)
    routes.form(_SIGN_UP)
    routes.form(_ASK)
    routes.form(_REPLY)
    routes.notice("place_offered", offered_words, words.about)
    routes.notice("place_lapsed", lapsed_words, words.about)
    routes.notice("remind_activity", remind_words, words.about)
    routes.notice("activity_question", question_words, words.about_any)
    routes.notice("activity_reply", reply_words, words.about_any)


async def sign_up(talk: Talk, activity_id: int) -> None:
    """One tap; more only where guests or questions make it needed, or something else happens at the same time."""
    row = await activities.published(talk.session, activity_id)
    mine = await sign_ups.mine(talk.session, talk.person.id)
    if activity_id not in mine:
        others = await activities.overlapping(talk.session, row, list(mine))
        if others:
            names = ", ".join(other.title for other in others)
            text = Markup("⚠️ {}").format(talk._("At the same time you are signed up for: {names}").format(names=names))
            yes = Button(talk._("Sign up all the same"), f"signupall:{activity_id}")
            talk.say(text, [[yes], [Button(talk._("◀ Back"), f"act:{activity_id}")]])
            return
    await _go_on(talk, row)


async def sign_up_all_the_same(talk: Talk, activity_id: int) -> None:
    await _go_on(talk, await activities.published(talk.session, activity_id))


async def _go_on(talk: Talk, row: Activity) -> None:
    mine = await sign_ups.of(talk.session, row.id, talk.person.id)
    stands = mine is not None and mine.state != PlaceState.LEFT
    if stands or not (row.guests or row.asks):
        await _enter(talk, row, 0, ())
        return
    if not sign_ups.is_open(row, talk.now):
        raise SignUpClosed
    if row.members_only and Role.MEMBER not in talk.person.roles:
        raise MembersOnly
    await forms.begin(talk, _SIGN_UP, {"_id": row.id, "_asks": cast("list[Any]", row.asks), "_guests": row.guests})


async def _enter(talk: Talk, row: Activity, guests: int, answers: Sequence[str]) -> None:
    is_member = Role.MEMBER in talk.person.roles
    place = await sign_ups.sign_up(talk.session, row.id, talk.person.id, is_member, talk.now, guests, answers)
    await _remind(talk, row)
    if talk.incoming.is_press and place.position is None and not (row.guests or row.asks):
        talk.toast(words.placed_words(place, talk.language))
        await edit_card(talk, row)
    else:
        await _say_placed(talk, row, place)


async def _say_placed(talk: Talk, row: Activity, place: Place) -> None:
    text, buttons = await card_of(talk, row)
    talk.say(Markup("{}\n\n{}").format(words.placed_words(place, talk.language), text), buttons)


async def _remind(talk: Talk, row: Activity) -> None:
    """The reminders of this person for this activity, as they stand now."""
    house = talk.house
    await reminders.plan(talk.session, row, house.lead_times, talk.now, house.quiet_hours, talk.person.id)
    wake(talk, "reminders")


def wake(talk: Talk, job: str) -> None:
    """Once this is committed, the clock looks whether something is due sooner."""

    async def waken() -> None:
        talk.house.wake(job)

    talk.committed.append(waken)


async def give_back(talk: Talk, activity_id: int) -> None:
    """A place, an offer or a position in the queue; who waits is offered it."""
    row = await activities.published(talk.session, activity_id)
    await sign_ups.give_back(talk.session, activity_id, talk.person.id)
    await reminders.drop(talk.session, reminders.ACTIVITY, activity_id, talk.person.id)
    await offers.offer_free_places(talk.session, activity_id, talk.now, talk.house.quiet_hours)
    wake(talk, "offers")
    talk.toast(talk._("Given back. Thank you for telling."))
    await edit_card(talk, row)


async def take(talk: Talk, activity_id: int) -> None:
    """The offered place."""
    await sign_ups.accept(talk.session, activity_id, talk.person.id, talk.now)
    row = await activities.published(talk.session, activity_id)
    await _remind(talk, row)
    talk.toast(talk._("You are signed up. I will remind you."))
    await edit_card(talk, row)


def _asks(answers: Answers) -> list[str]:
    found = answers.get("_asks")
    return [str(one) for one in found] if isinstance(found, list) else []


def _question(number: int) -> Question:
    """The organiser's own question."""
    return Question(
        key=f"answer{number}",
        title=lambda talk: talk._("Answer {n}").format(n=number + 1),
        ask=lambda _talk, answers: str(Markup.escape(_asks(answers)[number])),
        read=short_text(1, 300, lambda talk: talk._("1 to 300 letters, please.")),
        when=lambda answers: len(_asks(answers)) > number,
    )


def _guest_choices(talk: Talk, answers: Answers) -> Sequence[Choice]:
    most = int(str(answers.get("_guests") or 0))
    return [Choice(str(n), talk._("Alone") if n == 0 else f"+{n}", n) for n in range(most + 1)]


async def _signed_up(talk: Talk, answers: Answers) -> None:
    row = await activities.published(talk.session, int(str(answers["_id"])))
    given = [str(answers[f"answer{n}"]) for n in range(len(_asks(answers)))]
    await _enter(talk, row, int(str(answers.get("guests") or 0)), given)


_SIGN_UP = Form(
    name="sign_up",
    title=lambda talk: talk._("Sign-up"),
    questions=(
        Question(
            key="guests", title=lambda talk: talk._("Guests"), read=press_a_button, choices=_guest_choices, columns=4,
            when=lambda answers: bool(answers.get("_guests")),
            ask=lambda talk, _: talk._("Does somebody come with you?"),
        ),
        *(_question(number) for number in range(activities.MOST_QUESTIONS)),
    ),
    done=_signed_up,
    review=False,
)  # fmt: skip


def lead_words(text: str | None, language: str) -> str:
    """ "24 h and 2 h before"."""
    _ = texts.translator(language)
    if text is None:
        return _("as usual")
    if not text:
        return _("no reminders")
    return " + ".join(words.duration(lead, language) for lead in leads_of(text))


async def show_leads(talk: Talk, activity_id: int) -> None:
    """How long before it I write; 0 means all activities."""
    if activity_id:
        mine = await sign_ups.of(talk.session, activity_id, talk.person.id)
        current = mine.leads if mine is not None else None
    else:
        current = await reminders.choice_of(talk.session, talk.person.id)
    rows = [[Button(("• " if current is None else "") + talk._("as usual"), f"setleads:{activity_id}:-1")]]
    keys = [
        Button(("• " if text == current else "") + lead_words(text, talk.language), f"setleads:{activity_id}:{at}")
        for at, text in enumerate(LEADS)
    ]
    rows += [keys[at : at + 2] for at in range(0, len(keys), 2)]
    if activity_id:
        rows.append([Button(talk._("◀ Back"), f"act:{activity_id}")])
    said = talk._("How long before this activity shall I remind you?")
    everywhere = talk._("How long before activities shall I remind you?")
    talk.say(said if activity_id else everywhere, rows)


async def set_leads(talk: Talk, activity_id: int, at: int) -> None:
    if not -1 <= at < len(LEADS):
        raise Forged
    chosen = None if at < 0 else LEADS[at]
    house = talk.house
    if activity_id:
        row = await activities.published(talk.session, activity_id)
        mine = await sign_ups.of(talk.session, activity_id, talk.person.id)
        if mine is None or mine.state == PlaceState.LEFT:
            raise sign_ups.NotSignedUp
        mine.leads = chosen
        await talk.session.flush()
        await _remind(talk, row)
    else:
        await reminders.choose(talk.session, talk.person.id, chosen)
        for number in await sign_ups.upcoming_of(talk.session, talk.person.id, talk.now):
            row = await activities.published(talk.session, number)
            await reminders.plan(talk.session, row, house.lead_times, talk.now, house.quiet_hours, talk.person.id)
        wake(talk, "reminders")
    talk.edit(talk._("Reminders: {leads}").format(leads=lead_words(chosen, talk.language)))


async def ask_organiser(talk: Talk, activity_id: int) -> None:
    row = await activities.published(talk.session, activity_id)
    await forms.begin(talk, _ASK, {"_id": row.id})


async def _asked(talk: Talk, answers: Answers) -> None:
    row = await activities.published(talk.session, int(str(answers["_id"])))
    text = str(answers["text"])
    asked = await activity_questions.ask(talk.session, row.id, talk.person.id, text, talk.now)
    talk.notify(row.organiser, "activity_question", id=row.id, question=asked.id, text=text)
    talk.say(talk._("Your question is with the organiser, without your name. The answer comes here."))


async def reply(talk: Talk, question_id: int) -> None:
    """The organiser answers a question."""
    row = await activity_questions.find(talk.session, question_id)
    if row is None:
        raise NoSuchQuestion
    await forms.begin(talk, _REPLY, {"_question": question_id})


async def _replied(talk: Talk, answers: Answers) -> None:
    row = await activity_questions.find(talk.session, int(str(answers["_question"])))
    if row is None:
        raise NoSuchQuestion
    asked = activity_questions.text_of(talk.session, row)
    talk.notify(row.person_id, "activity_reply", id=row.activity_id, text=str(answers["text"]), asked=asked)
    talk.say(talk._("Your answer is on its way."))


def _text_form(name: str, ask: str, done: Any, right: Right = Right.USE) -> Form:
    return Form(
        name=name,
        title=lambda talk: talk._("Question"),
        questions=(
            Question(
                key="text", title=lambda talk: talk._("Question"), ask=lambda talk, _: talk._(ask),
                read=short_text(2, 1_000, lambda talk: talk._("2 to 1,000 letters, please.")),
            ),
        ),
        done=done,
        review=False,
        right=right,
    )  # fmt: skip


_ASK = _text_form("activity_ask", texts.N_("What do you want to ask the organiser? They don't learn who asks."), _asked)
_REPLY = _text_form("activity_reply", texts.N_("What do you answer?"), _replied, Right.RUN_ACTIVITIES)


def offered_words(house: House, language: str, params: Mapping[str, Any]) -> tuple[str, Buttons]:
    _ = texts.translator(language)
    until = words.moment(datetime.fromisoformat(params["until"]), params["now"], house.organisation.zone, language)
    text = Markup("🎁 {}\n{}\n{}").format(
        _("A place is free for you!"), words.title_and_time(house, language, params),
        _("It is kept for you until {time}; then it goes to the next.").format(time=until),
    )  # fmt: skip
    rows = [[Button(_("🎁 Take the place"), f"take:{params['id']}")],
            [Button(_("No, thank you"), f"giveback:{params['id']}")]]  # fmt: skip
    return text, rows


def lapsed_words(house: House, language: str, params: Mapping[str, Any]) -> tuple[str, Buttons]:
    _ = texts.translator(language)
    text = Markup("{}\n{}").format(
        _("The place went to the next, since the time was over. You can queue again."),
        words.title_and_time(house, language, params),
    )  # fmt: skip
    return text, [[Button(_("Look at it"), f"act:{params['id']}")]]


def remind_words(house: House, language: str, params: Mapping[str, Any]) -> tuple[str, Buttons]:
    _ = texts.translator(language)
    text = Markup("⏰ {}\n{}").format(_("A reminder:"), words.title_and_time(house, language, params))
    rows = [[Button(_("Look at it"), f"act:{params['id']}")],
            [Button(_("↩ Give my place back"), f"giveback:{params['id']}")]]  # fmt: skip
    return text, rows


def question_words(_house: House, language: str, params: Mapping[str, Any]) -> tuple[str, Buttons]:
    _ = texts.translator(language)
    text = Markup("💬 {} <b>{}</b>\n<blockquote>{}</blockquote>").format(
        _("A question about"), params["title"], params["text"]
    )  # fmt: skip
    return text, [[Button(_("✍ Answer"), f"actreply:{params['question']}")]]


def reply_words(_house: House, language: str, params: Mapping[str, Any]) -> tuple[str, Buttons]:
    _ = texts.translator(language)
    text = Markup("💬 {} <b>{}</b>\n<blockquote>{}</blockquote>{}").format(
        _("The organiser answers about"), params["title"], params["asked"], params["text"]
    )  # fmt: skip
    return text, [[Button(_("Look at it"), f"act:{params['id']}")]]
