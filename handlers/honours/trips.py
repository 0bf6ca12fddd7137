"""Convalescence trips: those who keep the register offer them; whose turn it is signs up for it, or declines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.chat.confirming import ask_first
from handlers.chat.outings import Outing, Outings
from handlers.chat.press import Button, Page
from handlers.chat.readers import Reader
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.forms import forms
from handlers.forms.questionnaires import Form, questionnaire
from handlers.forms.questions import Question, asked
from handlers.honours import presses
from handlers.i18n.translations import N_
from handlers.inputs.moment import MomentInput
from handlers.inputs.number import NumberChoiceInput, NumberInput
from handlers.inputs.text import ParagraphInput, TextInput
from storage import audit
from storage.honours import trips
from storage.honours.audited import HonourAction
from storage.honours.conditions import HasTripOffer
from storage.honours.ids import TripId
from storage.honours.notices import TripOffered
from storage.honours.trip_table import OfferState, Trip, TripState
from storage.honours.trips import Linked, TripPlan
from storage.people import segments
from storage.people.access import Right
from storage.people.segments import Segment
from storage.telegram_ids import PersonId

_RIGHT = Right.KEEP_HONOURS
_MOMENT = MomentInput(timedelta(days=400), N_("The time must be in the future, within 400 days."))
_HOURS = (24, 48, 72, 168)
OFFERS: dict[OfferState, str] = {
    OfferState.OFFERED: N_("offered"),
    OfferState.GOING: N_("going"),
    OfferState.DECLINED: N_("declined"),
    OfferState.LAPSED: N_("lapsed"),
}
_STATES: dict[TripState, str] = {
    TripState.OPEN: N_("▶️ offered in turns"),
    TripState.STOPPED: N_("⏹ no longer offered"),
    TripState.DONE: N_("✅ over"),
}


def _hours(talk: Talk, hours: int) -> str:
    return talk.plural("{n} hour", "{n} hours", hours).format(n=hours)


@dataclass(frozen=True, slots=True, kw_only=True)
class TripDraft:
    title: str = asked(
        Question(N_("Title"), N_("What is the trip called? For example: A week in Qingdao"), TextInput(2, 80))
    )
    starts: datetime = asked(Question(N_("Starts"), N_("When does it begin?"), _MOMENT))
    days: int = asked(
        Question(
            N_("Days"), N_("How many days?"), NumberInput(1, 30, N_("Please write a number from 1 to 30."), (5, 7))
        )
    )
    place: str = asked(Question(N_("Location"), N_("Where does it go?"), TextInput(2, 120)))
    quota: int = asked(
        Question(
            N_("Places"),
            N_("How many places? They go first to those whose last trip was longest ago."),
            NumberInput(1, 1_000, N_("Please write a number from 1 to 1,000."), (10, 20, 50)),
        )
    )
    hours: int = asked(
        Question(
            N_("Time to answer"),
            N_("How long do people have to answer? After that it is the next person's turn."),
            NumberChoiceInput(_HOURS, _hours),
            optional=True,
        ),
        default=72,
        preset=True,
    )
    about: str = asked(
        Question(
            N_("Words"),
            N_("What should they know: what is paid for, what to bring, who looks after them?"),
            ParagraphInput(2, 1_000),
            optional=True,
        ),
        default="",
        preset=True,
    )


class TripPages:
    """What is offered, and offering it."""

    def __init__(self, outings: Outings) -> None:
        """`outings` makes the activity of a trip."""
        self._outings = outings
        self._form = Form(
            "honours_trip",
            N_("Trip"),
            questionnaire(TripDraft),
            self._made,
            send_label=N_("▶ Offer it"),
            right=_RIGHT,
        )

    def register(self, routes: Routes) -> None:
        routes.press(presses.TRIPS, self.show, right=_RIGHT, writes=False)
        routes.press(presses.BEGIN_TRIP, self.begin, right=_RIGHT)
        routes.press(presses.ASK_TO_STOP_TRIP, self.ask_to_stop, right=_RIGHT, writes=False)
        routes.press(presses.STOP_TRIP, self.stop, right=_RIGHT)
        routes.press(presses.DECLINE_TRIP, decline)
        routes.form(self._form)
        routes.notice_about(TripOffered, self.offered_words, _trip, reader=HAS_OFFER)

    async def show(self, talk: Talk) -> None:
        talk.edit(*await self._page(talk))

    async def _page(self, talk: Talk) -> Page:
        lines = [Markup("🌴 <b>{}</b>").format(talk._("Trips"))]
        rows: list[Sequence[Button]] = []
        found = await trips.all_of(talk.session)
        for row in found:
            lines.append(await _trip_line(talk, row))
            if row.activity_id is not None:
                rows.append([self._outings.sign_up_button(f"🌴 {row.title[:40]}", row.activity_id)])
            if row.state is TripState.OPEN:
                label = talk._("⏹ Stop offering: {title}").format(title=row.title[:30])
                rows.append([presses.ASK_TO_STOP_TRIP.button(label, row.id)])
        if not found:
            lines.append(Markup.escape(talk._("There hasn't been one yet.")))
        rows.append([presses.BEGIN_TRIP.button(talk._("➕ New trip"))])
        return Markup("\n").join(lines), [*rows, [presses.PAGE.button(talk._("◀ Back"))]]

    async def begin(self, talk: Talk) -> None:
        await forms.begin(talk, self._form)

    async def _made(self, talk: Talk, draft: TripDraft) -> None:
        """The activity is for those who have an offer; the clock makes these."""
        ends = draft.starts + timedelta(days=draft.days)
        plan = TripPlan(draft.title, draft.starts, ends, draft.quota, draft.hours)
        row = await trips.open_trip(talk.session, plan)
        outing = Outing(draft.title, draft.about, draft.place, draft.starts, ends, draft.quota)
        opened = await self._outings.open(talk, outing, Segment((HasTripOffer(row.id),)))
        trips.follow(talk.session, row, Linked(opened.activity_id, opened.going, opened.came, opened.is_open))
        about = f"trip {row.id}: {row.title}"
        await audit.note(talk.session, talk.person.id, HonourAction.TRIP_OPENED, talk.now, about=about)
        talk.say(*await self._page(talk))

    async def ask_to_stop(self, talk: Talk, trip_id: TripId) -> None:
        row = await trips.find(talk.session, trip_id)
        asks = talk._("Stop offering “{title}”? Whoever has a place keeps it.").format(title=row.title)
        go = presses.STOP_TRIP.button(talk._("⏹ Stop offering it"), row.id)
        ask_first(talk, asks, go, presses.TRIPS.button(talk._("◀ Back")))

    async def stop(self, talk: Talk, trip_id: TripId) -> None:
        row = await trips.stop(talk.session, trip_id)
        about = f"trip {row.id}: {row.title}"
        await audit.note(talk.session, talk.person.id, HonourAction.TRIP_STOPPED, talk.now, about=about)
        talk.edit(*await self._page(talk))

    def offered_words(self, view: View, _notice: TripOffered, row: Trip) -> Page:
        when = view.moment(row.starts_at)
        said = view._(
            "It's your turn: there is a place for you on “{title}”, which begins {when}. Sign up, or decline and "
            "keep your turn."
        )
        hours = view.plural("Please answer within {n} hour.", "Please answer within {n} hours.", row.answer_hours)
        text = Markup("🌴 {}\n{}").format(said.format(title=row.title, when=when), hours.format(n=row.answer_hours))
        assert row.activity_id is not None
        return text, [
            [self._outings.sign_up_button(view._("✅ Go to sign-up"), row.activity_id)],
            [presses.DECLINE_TRIP.button(view._("Not this time"), row.id)],
        ]


async def _trip_line(talk: Talk, row: Trip) -> Markup:
    """Its state, its places, and how many offers came to what."""
    counts = await trips.counts(talk.session, row.id)
    said = [f"{talk._(label)} {counts[state]}" for state, label in OFFERS.items() if counts.get(state)]
    places = talk.plural("{n} place", "{n} places", row.quota).format(n=row.quota)
    parts = [talk._(_STATES[row.state]), talk.view.moment(row.starts_at), places, *said]
    return Markup("<b>{}</b>\n{}").format(row.title, " · ".join(parts))


async def _trip(session: AsyncSession, notice: TripOffered, now: datetime) -> Trip | None:
    row = await trips.find(session, notice.subject)
    return row if row.activity_id is not None and row.starts_at > now else None


async def _has_offer(session: AsyncSession, view: View, person_id: PersonId, notice: TripOffered) -> bool:
    return await segments.includes(session, Segment((HasTripOffer(notice.subject),)), person_id, view.now)


HAS_OFFER: Reader = _has_offer


async def decline(talk: Talk, trip_id: TripId) -> None:
    row = await trips.decline(talk.session, trip_id, talk.person.id)
    said = talk._("All right. The place on “{title}” goes to the next person; you keep your turn for the next trip.")
    talk.edit(said.format(title=row.title), [[presses.PAGE.button(talk._("🏅 Honours"))]])
