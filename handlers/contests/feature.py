"""Contests: the manifest."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.chat.feature import AllFeatures, Duty, Feature, PersonalData, PrivacyPart, WatchedQueue
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.contests import book, checking, entering, judging, looking, naming, presses, riders, teams, told, winners
from handlers.contests.running import RunningPages
from handlers.i18n.formatting import labelled
from handlers.i18n.translations import N_
from storage.contests import contests, entries, entry_checks, joining, judges, votes
from storage.contests import judging as scores
from storage.contests import teams as membership
from storage.contests.audited import ContestAction
from storage.contests.contests import ContestClosed, ContestMovedOn, NoSuchContest, NothingDecides
from storage.contests.editing import RewordedMeanwhile
from storage.contests.entries import (
    CheckedAlready,
    JudgesDoNotEnter,
    NoSuchEntry,
    NotForYou,
    RulesChanged,
    TeamHasEnough,
    TooManyEntries,
)
from storage.contests.entry_checks import ChecksOwnEntry
from storage.contests.joining import InATeam, InvitationVoid, TeamFull
from storage.contests.judges import JudgeAlready, NoSuchJudge
from storage.contests.judging import JudgesOwnEntry, NotAssigned
from storage.contests.looking import JudgesDoNotLook
from storage.contests.moves import EntriesUnchecked, NobodyJudges, ScoresMissing
from storage.contests.teams import NoSuchTeam
from storage.contests.votes import MayNotVote, OwnEntry
from storage.people.access import Right
from storage.phases import State


def register(routes: Routes, others: AllFeatures) -> None:
    RunningPages(others.audience).register(routes)
    for part in (riders, entering, teams, looking, judging, winners, book, checking, naming, told):
        part.register(routes)


async def _duties(talk: Talk) -> Sequence[Duty]:
    """Entries to be checked, by contest."""
    if not talk.person.may(Right.RUN_CONTESTS):
        return []
    found = []
    for row in await contests.all_of(talk.session, State.RUNNING):
        waiting = await entry_checks.waiting(talk.session, row.id)
        if waiting:
            said = talk._("🔎 Check entries: {n}").format(n=waiting)
            found.append(Duty(labelled(talk._, f"🏆 {row.title}", said), [presses.CHECK.button(said, row.id)]))
    return found


async def _privacy_lines(talk: Talk) -> Sequence[str]:
    lines = []
    if await entries.copy_of(talk.session, talk.person.id):
        lines.append(talk._("your contest entries, shown with the name that you chose: /contests"))
    if await membership.memberships_of(talk.session, talk.person.id):
        lines.append(talk._("that you are in a team of a contest, and the name shown for you: /contests"))
    if await membership.has_left_one(talk.session, talk.person.id):
        lines.append(talk._("that you have left a team of a contest, until its result"))
    if await judges.of_person(talk.session, talk.person.id):
        lines.append(talk._("that you are a judge of a contest, and your scores and notes"))
    return lines


async def _warnings(talk: Talk) -> Sequence[str]:
    """What an erasure would end."""
    lines = []
    count = await entries.entered_alone(talk.session, talk.person.id)
    if count:
        said = talk.plural(
            "⚠️ You have {n} contest entry. It would be withdrawn: it wouldn't count, and its certificate would go.",
            "⚠️ You have {n} contest entries. They would be withdrawn: they wouldn't count, and their certificates "
            "would go.",
            count,
        )
        lines.append(said.format(n=count))
    if await membership.memberships_of(talk.session, talk.person.id):
        lines.append(
            talk._(
                "⚠️ You are in a team of a contest. You would leave it: your name goes from its entries, and if nobody "
                "else is in it, they are withdrawn."
            )
        )
    if await judges.judged_by(talk.session, talk.person.id):
        lines.append(talk._("⚠️ You are judging a contest; others would have to judge in your place."))
    return lines


FEATURE = Feature(
    name="contests",
    switch="contests",
    register=register,
    refusals={
        NoSuchContest: N_("This contest isn't open. See what is: /contests"),
        ContestMovedOn: N_("Someone else has just moved this contest on. See where it stands: /contest"),
        RewordedMeanwhile: N_("Someone has changed the rules in the meantime. Please look at them again: /contest"),
        ContestClosed: N_("This part of the contest has closed. See what is open: /contests"),
        NothingDecides: N_("Someone has to decide: the public, judges, or both; or a draw does."),
        NoSuchEntry: N_("This entry isn't available."),
        NotForYou: N_("You can't enter this contest, but you can look at the entries and vote."),
        RulesChanged: N_("The rules have changed. Please read them again: /contests"),
        JudgesDoNotLook: N_(
            "You are a judge of this contest: you see its entries without names, while they are judged."
        ),
        JudgesDoNotEnter: N_("You are a judge of this contest, so you can't take part in it."),
        TooManyEntries: N_("You have as many entries as this contest allows. You can change or withdraw one."),
        TeamHasEnough: N_(
            "Your team has as many entries as this contest allows. One of you can change or withdraw one."
        ),
        NoSuchTeam: N_("You aren't in this team any more, or only its captain can do this. See: /contests"),
        InvitationVoid: N_("This invitation is no longer valid. Please ask for another one."),
        TeamFull: N_("This team is full."),
        InATeam: N_("You are already in a team in this contest. Leave it first: /contests"),
        ChecksOwnEntry: N_("This is your own entry, or your team's: another coordinator has to check it."),
        CheckedAlready: N_("Someone else has just decided on this entry, or it has been changed."),
        JudgeAlready: N_("This person is already a judge of this contest."),
        NoSuchJudge: N_("This person isn't a judge of this contest."),
        JudgesOwnEntry: N_("This person takes part in the contest, or was in a team of it, so they can't judge it."),
        NotAssigned: N_("This entry isn't yours to judge, or judging is over."),
        EntriesUnchecked: N_("Some entries haven't been checked yet. Check them first."),
        NobodyJudges: N_("Name the judges first."),
        ScoresMissing: N_("Some entries have no scores yet. Wait for the judges, or name others."),
        MayNotVote: N_(
            "You can't vote in this contest. Only members, or people who used this bot before it began, can."
        ),
        OwnEntry: N_("You can't vote for your own entry, or for one of a team that you are or were in."),
    },
    audit_labels={
        ContestAction.CONTEST_CREATED: N_("contest created"),
        ContestAction.CONTEST_CHANGED: N_("contest changed"),
        ContestAction.CONTEST_MOVED: N_("contest moved on"),
        ContestAction.CONTEST_DATE_CHANGED: N_("date of a contest changed"),
        ContestAction.CHANNEL_SET: N_("channel of a contest set"),
        ContestAction.ENTRY_SHOWN: N_("contest entry accepted"),
        ContestAction.ENTRY_REFUSED: N_("contest entry not accepted"),
        ContestAction.ENTRY_TAKEN_DOWN: N_("contest entry taken down"),
        ContestAction.JUDGE_NAMED: N_("judge of a contest named"),
        ContestAction.JUDGE_DISMISSED: N_("judge of a contest dismissed"),
    },
    audit_details={
        ContestAction.CONTEST_CREATED: (N_("contest {id}: {title}"),),
        ContestAction.CONTEST_CHANGED: (N_("contest {id}: {title}"),),
        ContestAction.CONTEST_MOVED: (N_("contest {id}: {left} -> {entered}"),),
        ContestAction.CONTEST_DATE_CHANGED: (N_("contest {id}: {phase} until {until}"),),
        ContestAction.CHANNEL_SET: (N_("contest {id}: {channel}"),),
        ContestAction.ENTRY_SHOWN: (N_("contest {id}: entry {entry}"),),
        ContestAction.ENTRY_REFUSED: (N_("contest {id}: entry {entry}"),),
        ContestAction.ENTRY_TAKEN_DOWN: (N_("contest {id}: entry {entry}"),),
        ContestAction.JUDGE_NAMED: (N_("contest {id}"),),
        ContestAction.JUDGE_DISMISSED: (N_("contest {id}"),),
    },
    personal_data=(
        PersonalData("contest_votes", votes.erase, N_("Your votes in contests"), votes.copy_of),
        PersonalData("contest_judging", scores.erase, N_("What you judge"), scores.copy_of),
        PersonalData("contest_teams", joining.erase, N_("Your teams in contests"), joining.copy_of),
        PersonalData("contest_entries", entries.erase, N_("Your contest entries"), entries.copy_of),
    ),
    privacy=PrivacyPart(lines=_privacy_lines, warnings=_warnings, leave=teams.leave_all),
    retention=(entries.forget_some_people, joining.forget_some_people, scores.forget_some_people),
    duties=_duties,
    queues=(WatchedQueue("contest_entries", N_("contest entries to check"), entry_checks.to_check),),
)
