"""What people are told about a contest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.contests.ids import ContestId, EntryId
from storage.deliveries.notices import Notice, SubjectNotice


@dataclass(frozen=True, slots=True)
class ContestMoved(SubjectNotice[ContestId]):
    """To everybody whom a phase is for: it has begun. What it says is read when it is sent."""

    kind = "contest_moved"


@dataclass(frozen=True, slots=True)
class ContestOverdue(SubjectNotice[ContestId]):
    """To coordinators: the date of the phase has passed, and the contest waits to be moved on."""

    kind = "contest_overdue"


@dataclass(frozen=True, slots=True)
class EntryShown(Notice):
    """To the entrant: their entry takes part."""

    kind = "contest_entry_shown"

    entry_id: EntryId
    title: str


@dataclass(frozen=True, slots=True)
class EntryRefused(Notice):
    """To the entrant: their entry is not shown, and why; it can be changed until entering is over."""

    kind = "contest_entry_refused"

    entry_id: EntryId
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class EntryTakenDown(Notice):
    """To the entrant: their entry, which was shown, is shown no more, and why."""

    kind = "contest_entry_taken_down"

    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class RulesAnew(SubjectNotice[ContestId]):
    """To whoever has entered: the rules are others, to be agreed to. What they are is read when it is sent."""

    kind = "contest_rules_anew"


@dataclass(frozen=True, slots=True)
class JudgeNamed(SubjectNotice[ContestId]):
    """To somebody who was named a judge."""

    kind = "contest_judge_named"


@dataclass(frozen=True, slots=True)
class JudgingBegins(SubjectNotice[ContestId]):
    """To a judge: entries wait for their scores."""

    kind = "contest_judging"


@dataclass(frozen=True, slots=True)
class EntryPlaced(Notice):
    """To the entrant: the place that their entry has reached."""

    kind = "contest_place"

    entry_id: EntryId
    title: str
    place: int


@dataclass(frozen=True, slots=True)
class VotesBurst(SubjectNotice[ContestId]):
    """To coordinators: many more votes than usual came for an entry in an hour. The numbers are rounded."""

    kind = "contest_burst"

    title: str
    hour: datetime
    votes: int
    by_link: int
    by_new: int = 0
    """Of accounts that have not known the bot for long."""


@dataclass(frozen=True, slots=True)
class BookFailed(Notice):
    """To the coordinator who asked for all entries in a file: it could not be sent."""

    kind = "contest_book_failed"


@dataclass(frozen=True, slots=True)
class TeamChanged(Notice):
    """To the others of a team: somebody, by the name that is shown of them, has joined it or left it. `title` is the
    contest's; `checks_anew`: its entries wait to be checked again, since they show another name."""

    kind = "contest_team_changed"

    contest_id: ContestId
    name: str
    has_joined: bool
    title: str = ""
    checks_anew: bool = False
