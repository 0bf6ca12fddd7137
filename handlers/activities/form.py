"""The questions of /activity: five to begin with; the rest has a default and is changed on the page after them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from handlers.activities.inputs import KIND, LEADS, MOMENT, LengthInput, Venue, VenueInput
from handlers.activities.reminders import default_words
from handlers.chat.talk import Talk
from handlers.forms.questionnaires import Form, FurtherEnd, Questionnaire, questionnaire
from handlers.forms.questions import NotAnAnswer, Question, asked
from handlers.i18n.translations import N_
from handlers.inputs.choice import YesNoInput
from handlers.inputs.link import LinkInput
from handlers.inputs.number import NumberChoiceInput, NumberInput
from handlers.inputs.picture import PictureInput
from handlers.inputs.text import LinesInput, TextInput
from storage.activities import draws
from storage.activities.activities import Activity, Kind
from storage.activities.ids import ActivityId
from storage.activities.planning import MOST_GUESTS, MOST_QUESTIONS, Plan
from storage.people.access import Right

D = TypeVar("D")
_PLACES = NumberInput(
    1,
    100_000,
    N_("Write a number from 1 to 100,000, or press “Unlimited”."),
    ready=(10, 20, 50),
    zero=N_("Unlimited"),
)
_LINES = LinesInput(MOST_QUESTIONS, 200, N_("One or two questions, one per line, up to 200 characters each."))


class _Drawn(Protocol):
    @property
    def places(self) -> int | None: ...
    @property
    def starts(self) -> datetime: ...
    @property
    def opens(self) -> datetime | None: ...
    @property
    def closes(self) -> datetime | None: ...


async def _check_draw(talk: Talk, draft: _Drawn, at: datetime) -> None:
    if not draft.places:
        raise NotAnAnswer(talk._("Everyone gets a place: there is no limit to them."))
    if not draws.is_possible(at, draft.starts, draft.opens, draft.closes):
        said = talk._("Sign-up has to be open until then, and the draw is made ten minutes later, before the start.")
        raise NotAnAnswer(said)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityDraft:
    """What a coordinator writes down. `places` 0 means as many as like; an empty text or list, that there is none."""

    title: str = asked(
        Question(N_("Title"), N_("Title, for example 3x3 basketball"), TextInput(2, 120)),
    )
    kind: Kind = asked(Question(N_("Kind"), N_("What kind of activity is it?"), KIND, columns=2))
    starts: datetime = asked(
        Question(
            N_("Starts"),
            N_("When does it start? Write it like “next Saturday 7 pm” or “28 Nov 19:00”, or choose a day."),
            MOMENT,
        ),
    )
    place: Venue = asked(
        Question(N_("Location"), N_("Where? Write a station's name or the place, or send a location."), VenueInput()),
    )
    places: int = asked(
        Question(N_("Places"), N_("How many places? Choose, or write a number."), _PLACES, columns=2),
    )
    minutes: int = asked(
        Question(
            N_("Duration"),
            N_("How long? Choose, or write hours and minutes, for example 2:30."),
            LengthInput(),
            columns=3,
        ),
        default=120,
        preset=True,
    )
    about: str = asked(
        Question(
            N_("About"),
            N_("What should riders know? What to bring, who it is for. Up to 800 characters."),
            TextInput(2, 800),
            optional=True,
        ),
        default="",
        preset=True,
    )
    guests: int = asked(
        Question(
            N_("Guests"),
            N_("How many guests can each person bring?"),
            NumberChoiceInput(range(MOST_GUESTS + 1)),
            columns=4,
        ),
        default=0,
        preset=True,
    )
    members_only: bool = asked(
        Question(N_("For whom"), N_("Who can come?"), YesNoInput(yes=N_("Members only"), no=N_("Everyone")), columns=2),
        default=False,
        preset=True,
    )
    poster: str = asked(
        Question(
            N_("Poster"),
            N_("Add a picture to the card?"),
            PictureInput(N_("Please send a picture, or skip.")),
            optional=True,
        ),
        default="",
        preset=True,
    )
    questions: tuple[str, ...] = asked(
        Question(
            N_("Questions"),
            N_("What do you need to ask people who sign up? One or two questions, one per line."),
            _LINES,
            optional=True,
        ),
        default=(),
        preset=True,
    )
    stream: str = asked(
        Question(
            N_("Live stream"),
            N_("Is there a live stream? Send its address, and everyone with a place gets it when it starts."),
            LinkInput(N_("Send the address of the stream, for example https://example.org/live")),
            optional=True,
        ),
        default="",
        preset=True,
    )
    leads: str | None = asked(
        Question(
            N_("Reminders"),
            N_("How long in advance should I remind people? Skip to use the default."),
            LEADS,
            columns=2,
            optional=True,
            unanswered=default_words,
        ),
        default=None,
        preset=True,
    )
    opens: datetime | None = asked(
        Question(
            N_("Sign-up opens"),
            N_("When does sign-up open? Write it like “tomorrow 9 am”, or choose a day. Skip: once it is published."),
            MOMENT,
            optional=True,
            unanswered=N_("once it is published"),
        ),
        default=None,
        preset=True,
    )
    closes: datetime | None = asked(
        Question(
            N_("Sign-up closes"),
            N_("When does sign-up close? Write it like “Friday 8 pm”, or choose a day. Skip: when it starts."),
            MOMENT,
            optional=True,
            unanswered=N_("when it starts"),
        ),
        default=None,
        preset=True,
    )
    draws: datetime | None = asked(
        Question(
            N_("Draw"),
            N_(
                "Should the places be drawn, so that nobody has to be first? If so, until when can people get a "
                "ticket? Skip: first come, first served."
            ),
            MOMENT,
            optional=True,
            check=_check_draw,
            unanswered=N_("first come, first served"),
        ),
        default=None,
        preset=True,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityEdit(ActivityDraft):
    """The same for an activity that is there."""

    id: ActivityId


def plan_of(draft: ActivityDraft) -> Plan:
    return Plan(
        title=draft.title,
        kind=draft.kind,
        starts_at=draft.starts,
        ends_at=draft.starts + timedelta(minutes=draft.minutes),
        about=draft.about,
        place=draft.place.words,
        latitude=draft.place.latitude,
        longitude=draft.place.longitude,
        places=draft.places or None,
        guests=draft.guests,
        members_only=draft.members_only,
        questions=draft.questions,
        stream=draft.stream,
        poster=draft.poster,
        opens_at=draft.opens,
        closes_at=draft.closes,
        lead_times=draft.leads,
        draws_at=draft.draws,
    )


def edit_of(row: Activity) -> ActivityEdit:
    """The form as it would stand filled in for this activity."""
    return ActivityEdit(
        id=row.id,
        title=row.title,
        kind=row.kind,
        starts=row.starts_at,
        place=Venue(row.place, row.latitude, row.longitude),
        places=row.places or 0,
        minutes=int((row.ends_at - row.starts_at).total_seconds() // 60),
        about=row.about,
        guests=row.guests,
        members_only=row.members_only,
        poster=row.poster,
        questions=tuple(row.asks),
        stream=row.stream,
        leads=row.lead_times,
        opens=row.opens_at,
        closes=row.closes_at,
        draws=row.draws_at,
    )


def making(
    done: Callable[[Talk, ActivityDraft], Awaitable[None]], published: Callable[[Talk, ActivityDraft], Awaitable[None]]
) -> Form[ActivityDraft]:
    """The form for a new activity, which is kept as a draft or published at once."""
    kept = _form("activity", questionnaire(ActivityDraft), done)
    return replace(kept, further_end=FurtherEnd(N_("✅ Publish"), published))


def editing(done: Callable[[Talk, ActivityEdit], Awaitable[None]]) -> Form[ActivityEdit]:
    """The form to change one."""
    return _form("activity_edit", questionnaire(ActivityEdit), done)


def _form(name: str, asked_for: Questionnaire[D], done: Callable[[Talk, D], Awaitable[None]]) -> Form[D]:
    return Form(
        name=name,
        title=N_("Activity"),
        questionnaire=asked_for,
        done=done,
        send_label=N_("💾 Save it"),
        right=Right.RUN_ACTIVITIES,
    )
