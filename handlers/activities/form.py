"""The questions of /activity: five to begin with; the rest has a default and is changed on the page after them."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from handlers.activities.format import KINDS
from handlers.activities.reminders import lead_words
from handlers.chat.questions import Choice, Form, NotAnAnswer, Question
from handlers.chat.talk import Talk
from handlers.i18n import formatting
from handlers.inputs.station import station_named
from handlers.inputs.text import clean, moment_ahead, picture, press_a_button, short_text
from storage.activities.activities import MOST_GUESTS, MOST_QUESTIONS, Activity, Kind, Plan
from storage.dialogues import Answers, Value
from storage.geodesy import is_place
from storage.people.access import Right

DEFAULTS: Answers = {
    "minutes": 120,
    "guests": 0,
    "members_only": 0,
    "about": None,
    "poster": None,
    "questions": None,
    "stream": None,
    "leads": None,
    "opens": None,
    "closes": None,
}
LONGEST = timedelta(days=3)


read_moment = moment_ahead(
    timedelta(days=400),
    lambda talk: talk._("Write the time like this: 2026-11-28 15:00"),
    lambda talk: talk._("The time must be in the future, within a year."),
    with_t=True,
)


async def _read_minutes(talk: Talk) -> Value:
    found = re.fullmatch(r"(\d{1,2}):([0-5]\d)", clean(talk.text))
    minutes = int(found[1]) * 60 + int(found[2]) if found else 0
    if not 0 < minutes <= LONGEST.total_seconds() / 60:
        raise NotAnAnswer(talk._("Choose, or write hours and minutes, for example 2:30."))
    return minutes


async def _read_place(talk: Talk) -> Value:
    """[words, latitude, longitude]: a station by its name, a location, or only words."""
    place = talk.incoming.place
    if place is not None:
        if not is_place(place.latitude, place.longitude):
            raise NotAnAnswer(talk._("I couldn't read that location. Please send it again."))
        venue = talk.incoming.body.get("venue") or {}
        return [str(venue.get("title", ""))[:200], place.latitude, place.longitude]
    text = clean(talk.text)
    if not 2 <= len(text) <= 200:
        raise NotAnAnswer(talk._("Write the place or a station's name (2 to 200 characters), or send a location."))
    row = station_named(talk, text)
    if row is None:
        return [text, None, None]
    index = talk.context.directory.index
    return [index.names[row], float(index.latitudes[row]), float(index.longitudes[row])]


async def _read_places(talk: Talk) -> Value:
    text = clean(talk.text)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 100_000):
        raise NotAnAnswer(talk._("Write a number from 1 to 100,000, or press “Unlimited”."))
    return int(text)


async def _read_questions(talk: Talk) -> Value:
    lines = [clean(part) for part in talk.text.splitlines() if clean(part)]
    if not 1 <= len(lines) <= MOST_QUESTIONS or any(len(one) > 200 for one in lines):
        raise NotAnAnswer(talk._("One or two questions, one per line, up to 200 characters each."))
    return cast("list[Any]", lines)


async def _read_stream(talk: Talk) -> Value:
    text = clean(talk.text)
    if not re.fullmatch(r"https?://[^\s/]+\S*", text) or len(text) > 300:
        raise NotAnAnswer(talk._("Send the address of the stream, for example https://example.org/live"))
    return text


def _kinds(talk: Talk, _answers: Answers) -> Sequence[Choice]:
    return [Choice(kind.value, f"{sign} {talk._(label)}", kind.value) for kind, (sign, label) in KINDS.items()]


def _lengths(talk: Talk, _answers: Answers) -> Sequence[Choice]:
    return [
        Choice(str(n), formatting.duration(timedelta(minutes=n), talk.language), n) for n in (60, 90, 120, 180, 240)
    ]


def _places(talk: Talk, _answers: Answers) -> Sequence[Choice]:
    return [Choice("all", talk._("Unlimited"), 0), *(Choice(str(n), str(n), n) for n in (10, 20, 50))]


def _guests(_talk: Talk, _answers: Answers) -> Sequence[Choice]:
    return [Choice(str(n), str(n), n) for n in range(MOST_GUESTS + 1)]


def _yes_no(talk: Talk, _answers: Answers) -> Sequence[Choice]:
    return [Choice("no", talk._("Everyone"), 0), Choice("yes", talk._("Members only"), 1)]


def _leads(talk: Talk, _answers: Answers) -> Sequence[Choice]:
    return [
        Choice(str(at), lead_words(text, talk.language), text)
        for at, text in enumerate(("86400,7200", "86400", "7200", ""))
    ]


def _show_kind(talk: Talk, value: Value) -> str:
    return talk._(KINDS[Kind(str(value))][1])


def _show_moment(talk: Talk, value: Value) -> str:
    return f"{datetime.fromisoformat(str(value)).astimezone(talk.context.settings.organisation.zone):%Y-%m-%d %H:%M}"


def _show_minutes(talk: Talk, value: Value) -> str:
    return formatting.duration(timedelta(minutes=int(str(value))), talk.language)


def _show_place(_talk: Talk, value: Value) -> str:
    text, latitude, _ = cast("list[Any]", value)
    return f"{text} 📍" if latitude is not None else str(text)


def _show_places(talk: Talk, value: Value) -> str:
    return str(value) if value else talk._("Unlimited")


def _show_members(talk: Talk, value: Value) -> str:
    return talk._("Members only") if value else talk._("Everyone")


def composing(name: str, done: Callable[[Talk, Answers], Awaitable[None]]) -> Form:
    """The form, to make an activity or to change one; `done` gets its answers."""
    return Form(
        name=name,
        title=lambda talk: talk._("Activity"),
        questions=(
            Question(
                key="title",
                title=lambda talk: talk._("Title"),
                read=short_text(2, 120, lambda talk: talk._("2 to 120 letters, please.")),
                ask=lambda talk, _: talk._("What is it called? For example: 3x3 basketball"),
            ),
            Question(
                key="kind",
                title=lambda talk: talk._("Kind"),
                read=press_a_button,
                choices=_kinds,
                columns=2,
                show=_show_kind,
                ask=lambda talk, _: talk._("What kind of activity is it?"),
            ),
            Question(
                key="starts",
                title=lambda talk: talk._("Starts"),
                read=read_moment,
                show=_show_moment,
                ask=lambda talk, _: talk._("When does it start? Write it like 2026-11-28 15:00."),
            ),
            Question(
                key="place",
                title=lambda talk: talk._("Place"),
                read=_read_place,
                show=_show_place,
                takes_location=True,
                ask=lambda talk, _: talk._("Where? Write a station's name or the place, or send a location."),
            ),
            Question(
                key="places",
                title=lambda talk: talk._("Places"),
                read=_read_places,
                choices=_places,
                columns=2,
                show=_show_places,
                ask=lambda talk, _: talk._("How many places? Choose, or write a number."),
            ),
            Question(
                key="minutes",
                title=lambda talk: talk._("Duration"),
                read=_read_minutes,
                choices=_lengths,
                columns=3,
                show=_show_minutes,
                ask=lambda talk, _: talk._("How long? Choose, or write hours and minutes, for example 2:30."),
            ),
            Question(
                key="about",
                title=lambda talk: talk._("About"),
                optional=True,
                read=short_text(2, 800, lambda talk: talk._("2 to 800 letters, please.")),
                ask=lambda talk, _: talk._(
                    "What should riders know? What to bring, who it is for. Up to 800 characters."
                ),
            ),
            Question(
                key="guests",
                title=lambda talk: talk._("Guests"),
                read=press_a_button,
                choices=_guests,
                columns=4,
                ask=lambda talk, _: talk._("How many guests can each person bring?"),
            ),
            Question(
                key="members_only",
                title=lambda talk: talk._("For whom"),
                read=press_a_button,
                choices=_yes_no,
                columns=2,
                show=_show_members,
                ask=lambda talk, _: talk._("Who can come?"),
            ),
            Question(
                key="poster",
                title=lambda talk: talk._("Poster"),
                optional=True,
                read=picture(lambda talk: talk._("Please send a picture, or skip.")),
                show=lambda talk, _: talk._("a picture"),
                ask=lambda talk, _: talk._("Add a picture to the card?"),
            ),
            Question(
                key="questions",
                title=lambda talk: talk._("Questions"),
                read=_read_questions,
                optional=True,
                show=lambda _talk, value: " / ".join(cast("list[str]", value)),
                ask=lambda talk, _: talk._(
                    "What do you need to ask people who sign up? One or two questions, one per line."
                ),
            ),
            Question(
                key="stream",
                title=lambda talk: talk._("Live stream"),
                read=_read_stream,
                optional=True,
                ask=lambda talk, _: talk._(
                    "The address of a live stream? Everyone with a place gets it when it starts."
                ),
            ),
            Question(
                key="leads",
                title=lambda talk: talk._("Reminders"),
                read=press_a_button,
                choices=_leads,
                optional=True,
                columns=2,
                show=lambda talk, value: lead_words(str(value), talk.language),
                ask=lambda talk, _: talk._("How long in advance should I remind people? Skip to use the default."),
            ),
            Question(
                key="opens",
                title=lambda talk: talk._("Sign-up opens"),
                read=read_moment,
                optional=True,
                show=_show_moment,
                ask=lambda talk, _: talk._(
                    "When does sign-up open? Write it like 2026-11-25 09:00. Skip: as soon as it is published."
                ),
            ),
            Question(
                key="closes",
                title=lambda talk: talk._("Sign-up closes"),
                read=read_moment,
                optional=True,
                show=_show_moment,
                ask=lambda talk, _: talk._(
                    "When does sign-up close? Write it like 2026-11-27 20:00. Skip: when the activity starts."
                ),
            ),
        ),
        done=done,
        send_label=lambda talk: talk._("💾 Save it"),
        right=Right.RUN_ACTIVITIES,
    )


def plan_from(answers: Answers) -> Plan:
    """What the answers say."""
    starts = datetime.fromisoformat(str(answers["starts"]))
    text, latitude, longitude = cast("list[Any]", answers["place"])
    opens, closes = (
        datetime.fromisoformat(str(answers[name])) if answers.get(name) else None for name in ("opens", "closes")
    )
    leads = answers.get("leads")
    return Plan(
        title=str(answers["title"]),
        kind=Kind(str(answers["kind"])),
        starts_at=starts,
        ends_at=starts + timedelta(minutes=int(str(answers["minutes"]))),
        about=str(answers.get("about") or ""),
        place=str(text),
        latitude=latitude,
        longitude=longitude,
        places=int(str(answers["places"])) or None,
        guests=int(str(answers["guests"])),
        members_only=bool(answers["members_only"]),
        questions=tuple(cast("list[str]", answers.get("questions") or [])),
        stream=str(answers.get("stream") or ""),
        poster=str(answers.get("poster") or ""),
        opens_at=opens,
        closes_at=closes,
        lead_times=None if leads is None else str(leads),
    )


def answers_of(row: Activity) -> Answers:
    """The form as it would stand filled in for this activity."""
    return {
        "title": row.title,
        "kind": row.kind,
        "starts": row.starts_at.isoformat(),
        "place": [row.place, row.latitude, row.longitude],
        "places": row.places or 0,
        "minutes": int((row.ends_at - row.starts_at).total_seconds() // 60),
        "about": row.about or None,
        "guests": row.guests,
        "members_only": int(row.members_only),
        "poster": row.poster or None,
        "questions": cast("list[Any]", row.asks) or None,
        "stream": row.stream or None,
        "leads": row.lead_times,
        "opens": row.opens_at.isoformat() if row.opens_at else None,
        "closes": row.closes_at.isoformat() if row.closes_at else None,
    }
