"""To whom a broadcast goes: the questions of its form, and the segment that their answers mean.

A feature adds its own here, and its condition in storage/broadcasts/segments.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from handlers.chat.questions import Choice, NotAnAnswer, Question
from handlers.chat.talk import Talk
from handlers.i18n import translations
from handlers.i18n.translations import LANGUAGES, N_
from handlers.inputs.station import station_named
from handlers.inputs.text import clean, press_a_button
from storage.broadcasts.segments import Segment
from storage.dialogues import Answers, Value
from storage.geodesy import is_place


async def _read_place(talk: Talk) -> Value:
    place = talk.incoming.place
    if place is None and talk.text:
        row, index = station_named(talk, clean(talk.text)), talk.context.directory.index
        if row is not None:
            return [float(index.latitudes[row]), float(index.longitudes[row])]
    if place is None or not is_place(place.latitude, place.longitude):
        raise NotAnAnswer(talk._("Write a station's name, or send the place as a location: 📎 → Location."))
    return [place.latitude, place.longitude]


def _languages(talk: Talk, _answers: Answers) -> Sequence[Choice]:
    everyone = Choice("all", talk._("Everyone"), "")
    return [everyone, *(Choice(code, name, code) for code, name in LANGUAGES.items())]


WHO = {
    "signed_up": N_("people with a place"),
    "waiting": N_("people on the waiting list"),
    "attended": N_("people who came"),
}


def _who(talk: Talk, _answers: Answers) -> Sequence[Choice]:
    return [Choice(key, talk._(label), key) for key, label in WHO.items()]


MEMBERS = {"": N_("Everyone"), "member": N_("Members"), "not_member": N_("Not yet members")}


def _members(talk: Talk, _answers: Answers) -> Sequence[Choice]:
    return [Choice(key or "all", talk._(label), key) for key, label in MEMBERS.items()]


def _show_members(talk: Talk, value: Value) -> str:
    return talk._(MEMBERS[str(value)])


def _platforms(talk: Talk, _answers: Answers) -> Sequence[Choice]:
    return _named(talk, talk.context.settings.joining.platforms)


def _districts(talk: Talk, _answers: Answers) -> Sequence[Choice]:
    return _named(talk, talk.context.settings.joining.districts)


def _named(talk: Talk, names: Sequence[str]) -> Sequence[Choice]:
    return [Choice("all", talk._("Everyone"), ""), *(Choice(str(at), name, name) for at, name in enumerate(names))]


async def _read_district(talk: Talk) -> Value:
    """Where the config names no districts, members wrote theirs."""
    text = clean(talk.text)
    if talk.context.settings.joining.districts or not 2 <= len(text) <= 40:
        raise NotAnAnswer(talk._("Please press one of the buttons."))
    return text


def _show_text(talk: Talk, value: Value) -> str:
    return str(value) if value else talk._("Everyone")


def _days(talk: Talk, _answers: Answers) -> Sequence[Choice]:
    ago = [
        Choice(str(days), talk.plural("in the last day", "in the last {n} days", days).format(n=days), days)
        for days in (7, 30, 90)
    ]
    return [Choice("all", talk._("Everyone"), 0), *ago]


def _kilometres(talk: Talk, _answers: Answers) -> Sequence[Choice]:
    return [Choice(str(km), translations.distance(km * 1_000, talk.language), km) for km in (1, 3, 5, 10, 30)]


def _show_language(talk: Talk, value: Value) -> str:
    return LANGUAGES.get(str(value), talk._("Everyone"))


def _show_days(talk: Talk, value: Value) -> str:
    return (
        talk.plural("in the last day", "in the last {n} days", int(str(value))).format(n=value)
        if value
        else talk._("Everyone")
    )


WHOM: tuple[Question, ...] = (
    Question(
        key="who",
        title=lambda talk: talk._("Which attendees"),
        read=press_a_button,
        choices=_who,
        when=lambda answers: bool(answers.get("_activity")),
        show=lambda talk, value: talk._(WHO[str(value)]),
        ask=lambda talk, _: talk._("Which attendees?"),
    ),
    Question(
        key="language",
        title=lambda talk: talk._("Language"),
        read=press_a_button,
        choices=_languages,
        show=_show_language,
        ask=lambda talk, _: talk._("To whom? By language:"),
    ),
    Question(
        key="members",
        title=lambda talk: talk._("Members"),
        read=press_a_button,
        choices=_members,
        show=_show_members,
        ask=lambda talk, _: talk._("To members, or to people who haven't joined?"),
    ),
    Question(
        key="platform",
        title=lambda talk: talk._("Platform"),
        read=press_a_button,
        choices=_platforms,
        columns=2,
        show=_show_text,
        ask=lambda talk, _: talk._("Only members on one platform?"),
    ),
    Question(
        key="district",
        title=lambda talk: talk._("District"),
        read=_read_district,
        choices=_districts,
        columns=2,
        show=_show_text,
        ask=lambda talk, _: talk._("Only members in one district?"),
    ),
    Question(
        key="days",
        title=lambda talk: talk._("Used the bot"),
        read=press_a_button,
        choices=_days,
        show=_show_days,
        ask=lambda talk, _: talk._("Only people who used the bot recently?"),
    ),
    Question(
        key="place",
        title=lambda talk: talk._("Near"),
        read=_read_place,
        optional=True,
        takes_location=True,
        show=lambda _talk, value: ", ".join(f"{part:.4f}" for part in cast("list[float]", value)),
        ask=lambda talk, _: talk._(
            "Only people near a station or another place? Write the station's name, send a location, or "
            "skip. It reaches only people who have saved their area."
        ),
    ),
    Question(
        key="km",
        title=lambda talk: talk._("Within"),
        read=press_a_button,
        choices=_kilometres,
        when=lambda answers: bool(answers.get("place")),
        ask=lambda talk, _: talk._("Within what distance?"),
        show=lambda talk, value: translations.distance(float(str(value)) * 1_000, talk.language),
    ),
)
"""In the order in which they are asked."""


def segment_of(answers: Answers) -> Segment:
    chosen: dict[str, tuple[tuple[str, Any], ...]] = {}
    if answers.get("language"):
        chosen["language"] = (("language", answers["language"]),)
    if answers.get("members"):
        chosen[str(answers["members"])] = ()
    if answers.get("_activity"):
        chosen[str(answers["who"])] = (("activity", answers["_activity"]),)
    for name in ("platform", "district"):
        if answers.get(name):
            chosen[name] = ((name, answers[name]),)
    if answers.get("days"):
        chosen["active"] = (("days", answers["days"]),)
    place = cast("list[float] | None", answers.get("place"))
    if place:
        chosen["near"] = (("km", answers["km"]), ("latitude", place[0]), ("longitude", place[1]))
    return Segment(tuple(sorted(chosen.items())))
