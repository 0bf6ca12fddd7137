"""What riders know better: a new station, or a correction of one, for a coordinator to look at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from markupsafe import Markup

from handlers.chat.press import InvalidCallback
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.forms import forms
from handlers.forms.questionnaires import Form, questionnaire
from handlers.forms.questions import AnyQuestion, Choice, Question, asked
from handlers.i18n.translations import N_
from handlers.inputs.account import account_choice
from handlers.inputs.picture import PictureInput
from handlers.inputs.place import Point
from handlers.inputs.text import TextInput
from handlers.stations import presses
from handlers.stations.form import FIELDS, StationDraft
from handlers.stations.page import show_station
from storage.dialogues import Filled
from storage.people.access import Right
from storage.stations import proposals, searches, stations
from storage.stations.ids import StationKey
from storage.stations.index import ANYTHING
from storage.stations.notices import ProposalsWait
from storage.stations.proposals import Content
from storage.stations.stations import NoSuchStation, StationPatch, StationRow, amenities_from, amenity_names

_OFFERED = 4
_LONGEST_NAME = 40


class About(StrEnum):
    """What a correction is about."""

    HOURS = "hours"
    AMENITIES = "amenities"
    PLACE = "place"
    GONE = "gone"


ABOUT: dict[About, str] = {
    About.HOURS: N_("🕑 The hours"),
    About.AMENITIES: N_("🚻 What it has"),
    About.PLACE: N_("📍 Where it is"),
    About.GONE: N_("🚫 Closed for good"),
}


def register(routes: Routes) -> None:
    routes.press(presses.IMPROVE, improve, writes=False)
    routes.press(presses.PROPOSE_NEW, propose_new)

    async def look_at_known(talk: Talk, key: StationKey) -> None:
        """The station beside the one that is described, while the form waits."""
        await show_station(talk, key)
        await forms.remind(talk, routes.forms)

    routes.press(presses.KNOWN, look_at_known)
    routes.press(presses.CORRECT, correct, writes=False)
    routes.press(presses.CORRECT_ONE, correct_one)
    routes.form(_NEW)
    routes.form(_CORRECTION)


def _names(talk: Talk, _draft: object) -> list[Choice[str]]:
    name = talk.incoming.account_name[:_LONGEST_NAME]
    return [account_choice(talk, name)] if name else []


_PHOTO: AnyQuestion = Question(
    N_("Photo"),
    N_(
        "Can you send a photo? The door, or the sign with the hours, helps the coordinator to check it. It is deleted "
        "as soon as they have decided."
    ),
    PictureInput(N_("Please send a picture, or skip this question.")),
    optional=True,
)
_THANKS = Question(
    N_("Thanks to"),
    N_(
        "If it's accepted, the station's page can thank you for 90 days. By which name? Write one, or skip this to "
        "stay unnamed."
    ),
    TextInput(1, _LONGEST_NAME),
    choices=_names,
    optional=True,
    unanswered=N_("no name"),
)


@dataclass(frozen=True, slots=True)
class RiderStation(StationDraft):
    """A new station as a rider describes it: what they may not know is asked only if they want to tell."""

    address: str = asked(FIELDS["address"], default="", preset=True)
    phone: str = asked(FIELDS["phone"], default="", preset=True)
    note: str = asked(FIELDS["note"], default="", preset=True)
    photo: str = asked(_PHOTO, default="")
    thanks: str = asked(_THANKS, default="")


def _about(name: str, about: About) -> AnyQuestion:
    """The question for this column, in a correction that is about it."""
    question: AnyQuestion = FIELDS[name]
    return replace(question, optional=False, when=lambda draft: draft.about is about)


@dataclass(frozen=True, slots=True)
class Correction:
    """Of one station, in one respect."""

    station: StationKey
    about: About
    opening_hours: str | None = asked(_about("opening_hours", About.HOURS), default=None)
    amenities: tuple[str, ...] | None = asked(_about("amenities", About.AMENITIES), default=None)
    place: Point | None = asked(_about("place", About.PLACE), default=None)
    photo: str = asked(_PHOTO, default="")
    thanks: str = asked(_THANKS, default="")


async def improve(talk: Talk) -> None:
    """A new station, or one of those around the rider's last search."""
    rows = [[presses.PROPOSE_NEW.button(talk._("➕ A new station"))]]
    search = await searches.latest(talk.session, talk.person.id, talk.now)
    if search is not None:
        directory = talk.context.directory
        found = directory.index.nearest(search.latitude, search.longitude, ANYTHING, talk.now, directory.live, _OFFERED)
        rows += [[presses.CORRECT.button("✏️ " + directory.index.names[one.row][:60], one.key)] for one in found]
    talk.say(
        talk._(
            "What should be added or corrected? For any other station, write its name here and press “Correct” on "
            "its page."
        ),
        rows,
    )


async def propose_new(talk: Talk) -> None:
    await proposals.require_may_propose(talk.session, talk.person.id, talk.now)
    await forms.begin(talk, _NEW)


async def correct(talk: Talk, key: StationKey) -> None:
    """What is wrong there?"""
    row = await _station(talk, key)
    buttons = [presses.CORRECT_ONE.button(talk._(label), row.key, about.value) for about, label in ABOUT.items()]
    talk.say(
        Markup(talk._("What needs correcting at <b>{name}</b>?")).format(name=row.name), [buttons[:2], buttons[2:]]
    )


async def correct_one(talk: Talk, key: StationKey, about: str) -> None:
    if about not in list(About):
        raise InvalidCallback
    row = await _station(talk, key)
    await proposals.require_may_propose(talk.session, talk.person.id, talk.now)
    filled = Filled(context={"station": row.key, "about": about})
    if about == About.AMENITIES:
        filled.gathered["amenities"] = list(amenity_names(row.amenities))
    await forms.resume(talk, _CORRECTION, filled)


async def _station(talk: Talk, key: StationKey) -> StationRow:
    row = await stations.find(talk.session, key)
    if row is None:
        raise NoSuchStation
    return row


async def _proposed(talk: Talk, draft: RiderStation) -> None:
    patch = StationPatch(
        name=draft.name,
        latitude=draft.place.latitude,
        longitude=draft.place.longitude,
        address=draft.address,
        opening_hours=draft.opening_hours,
        amenities=int(amenities_from(draft.amenities)),
        phone=draft.phone,
        note=draft.note,
    )
    await _send(talk, None, Content(patch, photo=draft.photo, thanks=draft.thanks))


async def _corrected(talk: Talk, draft: Correction) -> None:
    patch = StationPatch(
        latitude=draft.place.latitude if draft.place else None,
        longitude=draft.place.longitude if draft.place else None,
        opening_hours=draft.opening_hours,
        amenities=None if draft.amenities is None else int(amenities_from(draft.amenities)),
    )
    content = Content(patch, closed_for_good=draft.about is About.GONE, photo=draft.photo, thanks=draft.thanks)
    await _send(talk, draft.station, content)


async def _send(talk: Talk, key: StationKey | None, content: Content) -> None:
    """Coordinators are told where nothing waited before; what comes after that stands in the same queue."""
    waited = (await proposals.to_review(talk.session, talk.now)).waiting
    await proposals.propose(talk.session, talk.person.id, key, content, talk.now)
    if not waited:
        for person_id in await talk.context.staff.who_may(talk.session, Right.CLEAR_REPORTS, talk.now):
            if person_id != talk.person.id:
                talk.notify(person_id, ProposalsWait())
    talk.say(talk._("🙏 Thank you! A coordinator will look at it, and I'll let you know what they decide."))


_NEW = Form(
    name="station_propose",
    title=N_("Propose a station"),
    questionnaire=questionnaire(RiderStation),
    done=_proposed,
    send_label=N_("✔ Send it"),
)

_CORRECTION = Form(
    name="station_correct",
    title=N_("Correct a station"),
    questionnaire=questionnaire(Correction),
    done=_corrected,
    send_label=N_("✔ Send it"),
)
