"""Activities: the manifest."""

from __future__ import annotations

from handlers.activities import (
    admin,
    attendance,
    audience,
    calendars,
    cancelling,
    cards,
    check_ins,
    draws,
    duties,
    exports,
    figures,
    lists,
    mine,
    next_round,
    questions,
    ratings,
    reminders,
    rounds,
    series,
    sign_ups,
    weekly_digest,
)
from handlers.activities.outings import OUTINGS
from handlers.activities.questions import NoSuchQuestion
from handlers.chat.feature import AllFeatures, Feature, PersonalData, PrivacyPart
from handlers.chat.routes import Routes
from handlers.i18n.translations import N_
from storage.activities import activity_reminders, calendar_feeds, retention, sign_up_copies
from storage.activities import questions as kept_questions
from storage.activities import reminders as kept_reminders
from storage.activities import sign_ups as kept_sign_ups
from storage.activities import weekly_digest as digest_readers
from storage.activities.activities import ActivityOver, NoSuchActivity
from storage.activities.audited import ActivityAction
from storage.activities.check_ins import CodeIsOld
from storage.activities.drawing import NotDrawn
from storage.activities.draws import BadDraw, DrawFixed, DrawUnderWay, PlacesBeingDrawn
from storage.activities.questions import TooManyQuestions
from storage.activities.recurrence import BadRule, NoDates
from storage.activities.rounds import NoSuchRound
from storage.activities.series import RepeatsAlready
from storage.activities.sign_ups import MembersOnly, NotInvited, NotSignedUp, SignUpClosed, TooManyGuests
from storage.activities.waiting_list import NoFreePlace, OfferLapsed


def register(routes: Routes, _others: AllFeatures) -> None:
    for part in (
        lists,
        cards,
        sign_ups,
        draws,
        reminders,
        questions,
        ratings,
        calendars,
        weekly_digest,
        admin,
        cancelling,
        attendance,
        check_ins,
        next_round,
        rounds,
        series,
    ):
        part.register(routes)


FEATURE = Feature(
    name="activities",
    register=register,
    refusals={
        ActivityOver: N_("This activity is over or cancelled and can't be changed."),
        BadDraw: N_(
            "Only limited places can be drawn; sign-up has to be open when tickets close, and the draw comes before "
            "the start."
        ),
        DrawFixed: N_(
            "People already hold tickets, so the draw can't be cancelled; once the list is closed, its time can't be "
            "changed either."
        ),
        DrawUnderWay: N_(
            "The places are being drawn. Try again in a few minutes: you can then sign up for any that are left."
        ),
        PlacesBeingDrawn: N_(
            "The places are being drawn, as many as there were when the list of tickets was closed. Change their "
            "number once the draw is made, in a few minutes."
        ),
        NotDrawn: N_("The draw has not been made yet."),
        BadRule: N_("I can't read this rule. Write it like “every Saturday, 10 times”."),
        NoDates: N_("That has no dates in the next 64 weeks. Write it like “every Saturday, 10 times”."),
        RepeatsAlready: N_("This activity already repeats. End that series first: /activity"),
        CodeIsOld: N_("This code has expired. Please scan the one shown at the door now."),
        MembersOnly: N_("Members only. You can join in two minutes: /join"),
        NotInvited: N_("This activity is only for people who were invited to it."),
        NoSuchActivity: N_("This activity is no longer planned."),
        NoSuchQuestion: N_("This question no longer exists."),
        TooManyQuestions: N_("You have asked several questions in the last hour. Please ask again later."),
        NoSuchRound: N_("This round doesn't exist."),
        NotSignedUp: N_("You are not signed up for this."),
        NoFreePlace: N_("That place has just been taken."),
        OfferLapsed: N_(
            "The offer has expired and the place went to the next person. You can join the waiting list again."
        ),
        SignUpClosed: N_("Sign-up is closed: it has not opened yet, is over, or is full."),
        TooManyGuests: N_("That is more guests than allowed."),
    },
    audit_details={
        ActivityAction.ATTENDANCE_READ: (
            N_("activity {id} as a file"),
            N_("activity {id}, round {number}"),
            N_("activity {id}"),
        ),
    },
    audit_labels={
        ActivityAction.ATTENDANCE_READ: N_("attendee list read"),
    },
    personal_data=(
        PersonalData("activities", kept_sign_ups.erase, N_("Activities"), sign_up_copies.copy_of),
        PersonalData("reminders", kept_reminders.erase),
        PersonalData("reminder_choices", activity_reminders.erase),
        PersonalData(
            "activity_questions", kept_questions.erase, N_("Your questions to organisers"), kept_questions.copy_of
        ),
        PersonalData("calendar_feeds", calendar_feeds.erase),
        PersonalData("weekly_digest", digest_readers.erase),
    ),
    retention=(retention.forget,),
    privacy=PrivacyPart(lines=mine.privacy_lines, warnings=mine.warnings, leave=mine.leave_all),
    overview=mine.overview,
    duties=duties.duties,
    audience=audience.AUDIENCE,
    figures=figures.FIGURES,
    exports=exports.EXPORTS,
    outings=OUTINGS,
)
