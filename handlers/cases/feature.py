"""Cases of the desks: the manifest."""

from __future__ import annotations

from handlers.cases import (
    admin,
    answers,
    attaching,
    crisis,
    desk,
    duties,
    evidence_bundle,
    figures,
    in_hand,
    limit_reminders,
    mine,
    notices,
    prefilled,
    privacy,
    ready_answers,
    statistics,
)
from handlers.cases.collective import joining, pages, rider_notices, to_all
from handlers.cases.deciding import Deciding
from handlers.cases.messages import adding, changed_messages, conversation, internal_notes, relay
from handlers.cases.opening import AfterOpening
from handlers.chat.feature import AllFeatures, Feature, PersonalData, PrivacyPart, WatchedQueue
from handlers.chat.routes import Routes
from handlers.i18n.translations import N_
from storage.cases import drafts, erasure, messages, queues, retention
from storage.cases import personal_data as case_personal_data
from storage.cases.audited import CaseAction
from storage.cases.cases import CaseClosed, CaseTaken, DecidedByLevels, NotForThem, TooLateToReopen, TooManyCases
from storage.cases.files.evidence_quota import EvidenceFull
from storage.cases.joining import CollectiveFull, JoinedElsewhere
from storage.cases.levels import LevelDecided
from storage.cases.table import CaseInDoubt, NoSuchCase


def register(routes: Routes, others: AllFeatures) -> None:
    after = AfterOpening(others.case_offers, others.case_counts, others.own_files)
    mine.register(routes, others.desks, after)
    attaching.register(routes, others.desks, after)
    prefilled.register(routes, others)
    Deciding(others.on_approval).register(routes)
    limit_reminders.register(routes)
    for part in (
        answers,
        privacy,
        desk,
        in_hand,
        conversation,
        adding,
        changed_messages,
        crisis,
        relay,
        internal_notes,
        ready_answers,
        admin,
        evidence_bundle,
        statistics,
        notices,
        pages,
        joining,
        to_all,
        rider_notices,
    ):
        part.register(routes)


FEATURE = Feature(
    name="cases",
    register=register,
    refusals={
        EvidenceFull: N_("There is no room for this file in that case. Everything else works as usual."),
        CaseClosed: N_("This case is closed. You can reopen it within 30 days: /my"),
        CaseTaken: N_("Someone else has taken this case."),
        NoSuchCase: N_("There is no such case, or it isn't yours. Your cases: /my"),
        CaseInDoubt: N_(
            "Something other than the bot has changed this case, so it can't be opened at the moment. The admins are "
            "being told."
        ),
        CollectiveFull: N_("This collective case is full. Please begin another one."),
        JoinedElsewhere: N_("This case is already part of a collective case. Take it out first."),
        DecidedByLevels: N_("The reviewers decide on this, level by level, and their decision is final here."),
        LevelDecided: N_("This has been decided already, or is at another level. What waits: /cases"),
        NotForThem: N_(
            "You can't hand this case to them: they don't work at this desk, or the case is hidden from them."
        ),
        TooLateToReopen: N_("A case can be reopened for 30 days. Please open a new one and mention the old number."),
        TooManyCases: N_("You have opened several cases here today. Please continue in one of them: /my"),
    },
    audit_details={
        CaseAction.CASE_ASSIGNED: (N_("{case}: to the queue"), N_("{case}: to {person}")),
        CaseAction.CASE_READ: (N_("{case}: {reason}"),),
        CaseAction.CASE_JOINED: (N_("{case}: {collective}"),),
        CaseAction.CASE_SEPARATED: (N_("{case}: {collective}"),),
        CaseAction.COLLECTIVE_WRITTEN: (N_("{case}: {collective}"),),
        CaseAction.LEVEL_APPROVED: (N_("{case}: level {level}"),),
        CaseAction.LEVEL_REFUSED: (N_("{case}: level {level}"),),
    },
    audit_labels={
        CaseAction.CASE_READ: N_("case read by an admin"),
        CaseAction.CASE_CLAIMED: N_("case taken"),
        CaseAction.CASE_ASSIGNED: N_("case assigned to someone"),
        CaseAction.CASE_CLOSED: N_("case closed"),
        CaseAction.CASE_CONFLICT: N_("conflict of interest declared"),
        CaseAction.CASE_BUNDLE: N_("evidence bundle made"),
        CaseAction.CASE_JOINED: N_("case joined to a collective case"),
        CaseAction.CASE_SEPARATED: N_("case taken out of a collective case"),
        CaseAction.COLLECTIVE_WRITTEN: N_("message to all of a collective case"),
        CaseAction.ANSWERED_WITH_OTHERS: N_("case answered together with others"),
        CaseAction.LEVEL_APPROVED: N_("case approved at a level"),
        CaseAction.LEVEL_REFUSED: N_("case refused at a level"),
    },
    personal_data=(
        PersonalData("cases", erasure.erase, N_("Cases"), case_personal_data.copy_of),
        PersonalData("case_talk", None, N_("What was said in your cases"), messages.copy_of),
        PersonalData("case_drafts", drafts.erase, N_("Saved forms"), drafts.copy_of),
    ),
    retention=(retention.forget,),
    privacy=PrivacyPart(
        lines=privacy.lines, buttons=privacy.buttons, warnings=privacy.warnings, leave=privacy.leave_all
    ),
    overview=mine.overview,
    beyond_cancel=conversation.beyond_cancel,
    duties=duties.duties,
    overview_order=20,
    queues=(
        WatchedQueue("cases", N_("cases waiting for us"), queues.cases),
        WatchedQueue("case_levels", N_("cases waiting for a decision at a level"), queues.at_levels),
        WatchedQueue("cases_in_doubt", N_("cases changed outside the bot"), queues.in_doubt),
        WatchedQueue("evidence", N_("evidence to download"), queues.evidence),
    ),
    figures=figures.FIGURES,
)
