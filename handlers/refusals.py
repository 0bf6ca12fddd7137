"""One sentence for every rule of the domain that may say no."""

from __future__ import annotations

from handlers.activities.questions import NoSuchQuestion
from handlers.admin.blocks import OneOfUs
from handlers.admin.roles import RoleOfTheConfig
from handlers.chat.talk import Talk
from handlers.i18n.translations import N_
from handlers.stations.admin import NoSuchStation
from storage.activities.activities import ActivityOver, NoSuchActivity
from storage.activities.check_ins import CodeIsOld
from storage.activities.recurrence import BadRule, NoDates
from storage.activities.rounds import NoSuchRound
from storage.activities.sign_ups import MembersOnly, NotSignedUp, SignUpClosed, TooManyGuests
from storage.activities.waiting_list import OfferLapsed
from storage.broadcasts.broadcasts import NotNow, OwnApproval
from storage.cases.cases import CaseClosed, CaseTaken, NoSuchCase, NotForThem, TooLateToReopen, TooManyCases
from storage.cases.evidence_quota import EvidenceFull
from storage.database import Refused
from storage.membership.applications import AppliedAlready, NothingOpen, TooManyApplications
from storage.membership.memberships import AlreadyMember, NotAMember
from storage.membership.reviews import InOtherHands, OwnApplication, TooLateToUndo
from storage.people.blocks import NotBlocked
from storage.privacy.consents import NoConsent
from storage.stations.reports import NotNearby, ReportedAlready

SENTENCES: dict[type[Refused], str] = {
    NotNearby: N_(
        "Only riders who searched near this station in the last 2 hours can report. Send your location first."
    ),
    ActivityOver: N_("It is over or was cancelled, so nothing is changed any more."),
    BadRule: N_("I can't read this rule. Write it like FREQ=WEEKLY;BYDAY=SA;COUNT=10."),
    NoDates: N_("This rule has no dates in the next 64 weeks. Write it like FREQ=WEEKLY;BYDAY=SA;COUNT=10."),
    CaseClosed: N_("This case is closed. It can be reopened for 30 days after that: /my"),
    EvidenceFull: N_("There is no room for this file in that case. Everything else goes on."),
    CaseTaken: N_("Somebody else has taken this case."),
    NoSuchCase: N_("There is no such case for you. /my shows yours; /cases those of the desks."),
    NotForThem: N_("This case can't go to them: they are no handler of this desk, or it is hidden from them."),
    TooLateToReopen: N_("A case can be reopened for 30 days. Please begin a new one; name the old number in it."),
    CodeIsOld: N_("This code is not valid any more. Please scan the one that is shown at the door now."),
    MembersOnly: N_("This is for members of the union. /join makes you one, in two minutes."),
    NoSuchActivity: N_("This activity is not planned any more."),
    NoSuchQuestion: N_("This question is not there any more."),
    NoSuchRound: N_("There is no such round."),
    NotSignedUp: N_("You are not signed up for this."),
    OfferLapsed: N_("The time is over; the place went to the next. You can queue again."),
    SignUpClosed: N_("Sign-up is not open: it has not begun, is over, or all places are taken."),
    TooManyGuests: N_("So many guests can't come along."),
    AlreadyMember: N_("You are a member already. /my shows your card."),
    AppliedAlready: N_("Your application is with the coordinators. /my shows where it stands."),
    InOtherHands: N_("Somebody else has it in hand, or it is decided already. /reviews shows what waits."),
    NoConsent: N_("You have not agreed to the wording as it stands now. Please begin again: /join"),
    NotAMember: N_("You are not a member of the union. /join makes you one."),
    NoSuchStation: N_("There is no such station (any more)."),
    NothingOpen: N_("There is no application for this any more. /my shows where you stand."),
    OwnApplication: N_("Somebody else has to review your own application."),
    RoleOfTheConfig: N_("This role stands in the config file; it can only be taken away there."),
    TooLateToUndo: N_("It is too late: a decision can be undone by who took it, for 5 minutes."),
    OneOfUs: N_("They run the bot with you. Take their role away first: /role"),
    NotBlocked: N_("They are not blocked any more."),
    TooManyApplications: N_("You have sent several applications today. Please try again tomorrow."),
    TooManyCases: N_("You have brought several cases here today. Please go on in one of them: /my"),
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


def say_too_much(talk: Talk) -> None:
    """Said once, not to each message."""
    talk.say(
        talk._(
            "That is more than I can take from one person at a time. Please wait a minute; what you send until then is "
            "not taken."
        )
    )


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
