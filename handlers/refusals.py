"""One sentence for every rule of the domain that may say no."""

from __future__ import annotations

from handlers.roles import RoleOfTheConfig
from handlers.talk import Talk
from handlers.texts import N_
from storage.applications import AppliedAlready, NothingOpen
from storage.broadcasts import NotNow, OwnApproval
from storage.consents import NoConsent
from storage.database import Refused
from storage.memberships import AlreadyMember, NotAMember
from storage.reports import NotNearby, ReportedAlready
from storage.reviews import InOtherHands, OwnApplication, TooLateToUndo

SENTENCES: dict[type[Refused], str] = {
    NotNearby: N_(
        "Only riders who searched near this station in the last 2 hours can report. Send your location first."
    ),
    AlreadyMember: N_("You are a member already. /my shows your card."),
    AppliedAlready: N_("Your application is with the coordinators. /my shows where it stands."),
    InOtherHands: N_("Somebody else has it in hand, or it is decided already. /reviews shows what waits."),
    NoConsent: N_("You have not agreed to the wording as it stands now. Please begin again: /join"),
    NotAMember: N_("You are not a member of the union. /join makes you one."),
    NothingOpen: N_("There is no application for this any more. /my shows where you stand."),
    OwnApplication: N_("Somebody else has to review your own application."),
    RoleOfTheConfig: N_("This role stands in the config file; it can only be taken away there."),
    TooLateToUndo: N_("It is too late: a decision can be undone by who took it, for 5 minutes."),
    NotNow: N_("This is not possible any more."),
    OwnApproval: N_("Somebody else has to approve what you wrote."),
    ReportedAlready: N_("You have reported this already. Thank you!"),
}


def say_no(talk: Talk, refusal: Refused) -> None:
    """Tells the person which rule said no: on the pressed button, or in the chat."""
    sentence = talk._(SENTENCES[type(refusal)])
    if talk.incoming.is_press:
        talk.toast(sentence, alert=True)
    else:
        talk.say(sentence)


def say_forged(talk: Talk) -> None:
    """A button that this bot never made, or not for this."""
    talk.toast(talk._("This button does not work any more."), alert=True)


def say_failed(talk: Talk, error_id: str) -> None:
    """Something unexpected happened; the id finds it in the log."""
    sentence = talk._("Sorry, that went wrong, and nothing was changed. Please try again. (Error {id})").format(
        id=error_id
    )
    if talk.incoming.is_press:
        talk.toast(sentence, alert=True)
    talk.say(sentence)
