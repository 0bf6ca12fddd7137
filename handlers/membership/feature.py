"""Membership: the manifest."""

from __future__ import annotations

from handlers.chat.feature import AllFeatures, Feature, PersonalData, PersonalExport, PrivacyPart, WatchedQueue
from handlers.chat.routes import Routes
from handlers.i18n.translations import N_
from handlers.membership import applications, audience, breakdowns, duties, figures, memberships, mine, reviews
from storage.membership import applications as kept_applications
from storage.membership import memberships as kept_memberships
from storage.membership import queues, retention, review_alerts
from storage.membership.applications import AppliedAlready, NothingOpen, TooManyApplications
from storage.membership.audited import MembershipAction
from storage.membership.memberships import AlreadyMember, NotAMember
from storage.membership.reviews import DecidedAlready, InOtherHands, OwnApplication, TooLateToUndo
from storage.privacy import exports
from storage.privacy.consents import NoConsent


def register(routes: Routes, others: AllFeatures) -> None:
    for part in (applications, memberships, mine):
        part.register(routes)
    reviews.register(routes, others)


FEATURE = Feature(
    name="membership",
    register=register,
    refusals={
        AlreadyMember: N_("You are already a member. Your card: /my"),
        AppliedAlready: N_("Your application is with the coordinators. See its status: /my"),
        DecidedAlready: N_("You have already decided this. /reviews shows what is waiting."),
        InOtherHands: N_("Someone else is reviewing it, or it is already decided. /reviews shows what is waiting."),
        NoConsent: N_("You haven't agreed to the current terms. Please start again: /join"),
        NotAMember: N_("You are not a member of the union. You can join: /join"),
        NothingOpen: N_("There is no longer an application for this. See your status: /my"),
        OwnApplication: N_("Someone else has to review your own application."),
        TooLateToUndo: N_("Too late: a decision can be undone for 5 minutes, only by the person who made it."),
        TooManyApplications: N_("You have sent several applications today. Please try again tomorrow."),
    },
    audit_labels={
        MembershipAction.APPLICATION_READ: N_("application read"),
        MembershipAction.APPLICATION_APPROVED: N_("application approved"),
        MembershipAction.APPLICATION_REFUSED: N_("application refused"),
        MembershipAction.APPLICATION_ASKED: N_("question sent to the applicant"),
        MembershipAction.APPLICATION_UNDONE: N_("decision undone"),
        MembershipAction.CARD_CHECKED: N_("member's card checked"),
    },
    personal_data=(
        PersonalData("applications", kept_applications.erase, N_("Applications"), kept_applications.copy_of),
        PersonalData("memberships", kept_memberships.erase, N_("Membership"), kept_memberships.copy_of),
        PersonalData("review_alerts", review_alerts.erase),
    ),
    retention=(retention.forget,),
    privacy=PrivacyPart(
        lines=mine.privacy_lines,
        buttons=mine.privacy_buttons,
        warnings=mine.warnings,
        leave=mine.leave,
    ),
    overview=mine.overview,
    duties=duties.duties,
    overview_order=10,
    audience=audience.AUDIENCE,
    breakdowns=breakdowns.BREAKDOWNS,
    queues=(WatchedQueue("applications", N_("applications to review"), queues.applications),),
    figures=figures.FIGURES,
    exports=(PersonalExport("members", N_("🔐 Members"), exports.members),),
)
