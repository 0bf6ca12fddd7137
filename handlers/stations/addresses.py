"""A typed address instead of a location: a form of one question, or two where the address means several places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.chat.ports import Address, GeocodingFailed
from handlers.chat.talk import StatelessTalk, Talk
from handlers.forms.questionnaires import Form, questionnaire
from handlers.forms.questions import Choice, GivesWay, Input, NotAnAnswer, Question, asked
from handlers.i18n.translations import N_
from handlers.inputs.choice import ButtonInput
from handlers.inputs.number import NUMBER
from handlers.inputs.place import sent_point
from handlers.inputs.record import records
from handlers.inputs.text import TextInput
from handlers.stations import format as station_format
from handlers.stations.answer import search_at
from handlers.stations.asked import Asked
from storage.plain_text import clean
from storage.stations.amenity_words import asked_for

LONGEST = 200
_ADDRESS = TextInput(2, LONGEST, N_("Please type a street or a place, 2 to 200 characters, or send a location."))


@dataclass(frozen=True, slots=True)
class FoundAddresses:
    """What the geocoding service found, best first."""

    addresses: Sequence[Address]


async def look_up(talk: StatelessTalk, _draft: object) -> FoundAddresses | GeocodingFailed:
    """Asks the geocoding service, before the transaction: the addresses, or the failure."""
    text = clean(talk.text)
    if talk.context.ports.geocoder is None or not 2 <= len(text) <= LONGEST:
        return FoundAddresses(())
    try:
        return FoundAddresses(await talk.context.ports.geocoder.find(text, talk.language))
    except GeocodingFailed as failure:
        return failure


def found_addresses(talk: Talk) -> Sequence[Address]:
    """What `look_up` found for this message.

    Raises:
        NotAnAnswer: the service did not answer.
    """
    if isinstance(talk.fetched, GeocodingFailed):
        raise NotAnAnswer(talk._("The address search isn't responding right now. Please send a location instead."))
    return talk.fetched.addresses if isinstance(talk.fetched, FoundAddresses) else ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that an address may mean."""

    label: str
    latitude: float
    longitude: float


class AddressInput(Input[tuple[Candidate, ...]]):
    """The places that an address may mean; a location means itself."""

    adapter = records(Candidate)
    takes_location = True

    async def read(self, talk: Talk) -> tuple[Candidate, ...]:
        point = sent_point(talk)
        if point is not None:
            return (Candidate("📍", point.latitude, point.longitude),)
        if talk.context.ports.geocoder is None:
            if asked_for(talk.text):
                raise GivesWay  # another wish, in the place of the one that waits for a location
            raise NotAnAnswer(talk._("Please send your location: press the button below the chat, or 📎 → Location."))
        _ADDRESS.checked(talk, clean(talk.text))
        addresses = found_addresses(talk)
        if not addresses:
            raise NotAnAnswer(talk._("I can't find this address. Add the city, or send a location."))
        return tuple(Candidate(*address) for address in addresses)


def _is_ambiguous(draft: AddressDraft) -> bool:
    return len(draft.address) != 1


def _candidates(_talk: Talk, draft: AddressDraft) -> Sequence[Choice[int]]:
    return [Choice(str(at), address.label[:60], at) for at, address in enumerate(draft.address)]


def _where(talk: Talk, draft: AddressDraft) -> str:
    if draft.wanted is None:
        return talk._("Where? Type a street or a place with its city, for example: Dezhou, Dexing Road.")
    amenities = station_format.names(Asked.of(draft.wanted).amenities, talk.language)
    said = talk._(
        "Where are you? Press “📍 Nearest station” below, and I'll show you the nearest station with: {amenities}."
    ).format(amenities=amenities)
    if talk.context.ports.geocoder is None:
        return said
    return said + "\n" + talk._("Or type a street or a place with its city.")


@dataclass(frozen=True, slots=True)
class AddressDraft:
    """`wanted` is the filter of the list (see `Asked.code`), `which` the place in `address` that is meant."""

    wanted: int | None = None
    address: tuple[Candidate, ...] = asked(
        Question(
            N_("Address"),
            _where,
            AddressInput(),
            look_up=look_up,
        ),
        default=(),
    )
    which: int = asked(
        Question(
            N_("Place"),
            N_("Which of these do you mean?"),
            ButtonInput(NUMBER),
            when=_is_ambiguous,
            choices=_candidates,
        ),
        default=0,
    )


async def _search(talk: Talk, draft: AddressDraft) -> None:
    address = draft.address[draft.which]
    search_at(talk, address.latitude, address.longitude, Asked.of(draft.wanted or 0))


ADDRESS = Form(
    name="address",
    title=N_("Address"),
    questionnaire=questionnaire(AddressDraft),
    done=_search,
    review=False,
)
