"""Honours: the manifest."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from handlers.chat.feature import AllFeatures, Feature, Overview, PersonalData, PersonalExport, PrivacyPart
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.honours import answers, audience, entries, import_file, linking, nominations, presses, surveys, words
from handlers.honours.pages import DESK, HonoursPages
from handlers.honours.trips import TripPages
from handlers.i18n.translations import N_
from storage.honours import erasure, register, situations
from storage.honours.audited import HonourAction
from storage.honours.linking import LinkUsed, NothingToCheck
from storage.honours.register import EntryChanged, NoSuchEntry, RegisteredAlready
from storage.honours.situations import SurveyClosed, SurveyedAlready
from storage.honours.trips import NoSuchTrip, OfferOver
from storage.privacy import exports


def _register(routes: Routes, others: AllFeatures) -> None:
    HonoursPages(others.outings).register(routes)
    if others.outings is not None:
        TripPages(others.outings).register(routes)
    for part in (entries, linking, import_file, answers, surveys):
        part.register_routes(routes)


async def _overview(talk: Talk) -> Overview:
    """The honours that somebody has."""
    mine = await register.of_person(talk.session, talk.person.id)
    if not mine:
        return Overview()
    lines = [Markup("🏅 <b>{}</b>").format(talk._("Honours"))]
    lines += ["• " + words.line(talk, row) for row in mine]
    return Overview(Markup("\n").join(lines), [[presses.PAGE.button(talk._("🏅 Honours"))]])


async def _privacy_lines(talk: Talk) -> Sequence[str]:
    if not await register.of_person(talk.session, talk.person.id):
        return []
    return [talk._("your entry in the register of honours, with what you answered about your situation: /honours")]


async def _warnings(talk: Talk) -> Sequence[str]:
    if not await register.of_person(talk.session, talk.person.id):
        return []
    return [talk._("Your entry in the register of honours is removed from this bot, with your answers and your turn.")]


FEATURE = Feature(
    name="honours",
    switch="honours",
    register=_register,
    refusals={
        NoSuchEntry: N_("The register no longer has this entry."),
        RegisteredAlready: N_("This person's honour is already in the register."),
        EntryChanged: N_("Someone has changed this entry in the meantime. Please look at it again."),
        LinkUsed: N_("This link has been used or is no longer valid. Please ask for another one."),
        NothingToCheck: N_("Add an ID number or a phone number first: the link asks for its last characters."),
        SurveyClosed: N_("This survey is closed."),
        SurveyedAlready: N_("There has already been a survey this year."),
        NoSuchTrip: N_("This trip is no longer offered."),
        OfferOver: N_("This offer is over. You keep your turn for the next trip."),
    },
    audit_labels={
        HonourAction.HONOURS_LISTED: N_("register of honours viewed"),
        HonourAction.HONOURED_READ: N_("entry in the register of honours read"),
        HonourAction.HONOURED_ADDED: N_("entry in the register of honours added"),
        HonourAction.HONOURED_CHANGED: N_("entry in the register of honours changed"),
        HonourAction.HONOURED_REMOVED: N_("entry in the register of honours removed"),
        HonourAction.HONOURS_IMPORTED: N_("register of honours imported"),
        HonourAction.HONOURED_LINK_MADE: N_("personal link to an honour made"),
        HonourAction.SITUATION_OPENED: N_("survey of honoured people opened"),
        HonourAction.SITUATION_CLOSED: N_("survey of honoured people closed"),
        HonourAction.TRIP_OPENED: N_("trip offered to honoured people"),
        HonourAction.TRIP_STOPPED: N_("trip no longer offered"),
    },
    audit_details={
        HonourAction.HONOURS_LISTED: (N_("page {n}"), N_("search, {n}")),
        HonourAction.HONOURED_READ: (N_("entry {id}"),),
        HonourAction.HONOURED_ADDED: (N_("entry {id}: {case}"), N_("entry {id}")),
        HonourAction.HONOURED_CHANGED: (N_("entry {id}: {before} -> {after}"), N_("entry {id}")),
        HonourAction.HONOURED_REMOVED: (N_("entry {id}"),),
        HonourAction.HONOURED_LINK_MADE: (N_("entry {id}"),),
        HonourAction.HONOURS_IMPORTED: (N_("entries: {n}"),),
        HonourAction.TRIP_OPENED: (N_("trip {id}: {title}"),),
        HonourAction.TRIP_STOPPED: (N_("trip {id}: {title}"),),
    },
    personal_data=(
        PersonalData("situation_answers", None, N_("What you answered about your situation"), situations.copy_of),
        PersonalData("honoured", erasure.erase, N_("Honours"), erasure.copy_of),
    ),
    privacy=PrivacyPart(lines=_privacy_lines, buttons=answers.privacy_buttons, warnings=_warnings),
    retention=(erasure.forget,),
    overview=_overview,
    overview_order=30,
    audience=audience.AUDIENCE,
    exports=(PersonalExport("honours", N_("🔐 Register of honours"), exports.honoured),),
    on_approval={DESK: nominations.enter},
)
