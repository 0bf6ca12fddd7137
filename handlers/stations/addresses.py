"""A typed address instead of a location: a form of one question, or two where the address means several places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from handlers.chat.ports import Address, GeocodingFailed
from handlers.chat.questions import Choice, Form, NotAnAnswer, Question
from handlers.chat.talk import StatelessTalk, Talk
from handlers.inputs.text import clean, press_a_button
from handlers.stations.answer import search_at
from storage.dialogues import Answers, Value
from storage.geodesy import is_place

LONGEST = 200


async def look_up(talk: StatelessTalk) -> object:
    """Asks the geocoding service, before the transaction: the addresses, or the failure."""
    text = clean(talk.text)
    if talk.context.ports.geocoder is None or not 2 <= len(text) <= LONGEST:
        return ()
    try:
        return await talk.context.ports.geocoder.find(text, talk.language)
    except GeocodingFailed as failure:
        return failure


async def _read_address(talk: Talk) -> Value:
    place = talk.incoming.place
    if place is not None:
        if not is_place(place.latitude, place.longitude):
            raise NotAnAnswer(talk._("I couldn't read that location. Please send it again."))
        return [["📍", place.latitude, place.longitude]]
    if not 2 <= len(clean(talk.text)) <= LONGEST:
        raise NotAnAnswer(talk._("Please type a street or a place, 2 to 200 characters, or send a location."))
    if isinstance(talk.fetched, GeocodingFailed):
        raise NotAnAnswer(talk._("The address search isn't responding right now. Please send a location instead."))
    found = cast(Sequence[Address], talk.fetched or ())
    if not found:
        raise NotAnAnswer(talk._("I can't find this address. Add the city, or send a location."))
    return [[address.label, address.latitude, address.longitude] for address in found]


def _candidates(answers: Answers) -> list[Any]:
    found = answers.get("address")
    return found if isinstance(found, list) else []


def _choices(_talk: Talk, answers: Answers) -> Sequence[Choice]:
    return [Choice(str(at), label[:60], at) for at, (label, _, _) in enumerate(_candidates(answers))]


async def _search(talk: Talk, answers: Answers) -> None:
    which = answers.get("which", 0)
    _, latitude, longitude = _candidates(answers)[which if isinstance(which, int) else 0]
    await search_at(talk, latitude, longitude)


ADDRESS = Form(
    name="address",
    title=lambda talk: talk._("Address"),
    questions=(
        Question(
            key="address",
            title=lambda talk: talk._("Address"),
            ask=lambda talk, _: talk._(
                "Where? Type a street or a place with its city, for example: Dezhou, Dexing Road."
            ),
            read=_read_address,
            takes_location=True,
        ),
        Question(
            key="which",
            title=lambda talk: talk._("Place"),
            ask=lambda talk, _: talk._("Which of these do you mean?"),
            read=press_a_button,
            choices=_choices,
            when=lambda answers: len(_candidates(answers)) != 1,
        ),
    ),
    done=_search,
    review=False,
    before=look_up,
)
