"""What riders and handlers are told about cases: never a word of what was said, unless it was meant for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from storage.cases.ids import CaseId, CaseLimitId, CaseMessageId
from storage.cases.table import Outcome
from storage.deliveries.notices import Notice, SubjectNotice


@dataclass(frozen=True, slots=True)
class CaseEvent(Notice):
    """Something happened to a case that one sentence tells. With `case_id`, a button leads to it."""

    former_keys: ClassVar[Mapping[str, str]] = {"id": "case_id"}
    is_silent_at_night = True

    number: str
    case_id: CaseId | None = None


@dataclass(frozen=True, slots=True)
class CaseEnded(CaseEvent):
    """The rider has closed it."""

    kind = "case_ended"


@dataclass(frozen=True, slots=True)
class CaseReopened(CaseEvent):
    kind = "case_reopened"


@dataclass(frozen=True, slots=True)
class CaseErased(CaseEvent):
    kind = "case_erased"


@dataclass(frozen=True, slots=True)
class RiderAway(CaseEvent):
    """The rider can't be reached."""

    kind = "case_away"


@dataclass(frozen=True, slots=True)
class RiderBack(CaseEvent):
    kind = "case_back"


@dataclass(frozen=True, slots=True)
class CaseGiven(CaseEvent):
    kind = "case_given"


@dataclass(frozen=True, slots=True)
class CaseTaken(CaseEvent):
    """To the handler from whom it was taken."""

    kind = "case_taken"


@dataclass(frozen=True, slots=True)
class CaseOrphaned(CaseEvent):
    """Its handler is no handler any more."""

    kind = "case_orphaned"


@dataclass(frozen=True, slots=True)
class CaseDoubted(CaseEvent):
    """To the admins: something other than the bot has changed it."""

    kind = "case_doubted"


@dataclass(frozen=True, slots=True)
class CaseClaimed(Notice):
    """To the rider: somebody at the desk has taken it."""

    kind = "case_claimed"
    is_silent_at_night = True

    number: str
    desk: str
    case_id: CaseId


@dataclass(frozen=True, slots=True)
class CaseJoined(Notice):
    """To the rider: it is part of a collective case now. Nothing of it depends on whose the others are."""

    kind = "case_joined"
    is_silent_at_night = True

    number: str
    collective: str
    case_id: CaseId


@dataclass(frozen=True, slots=True)
class CaseSeparated(Notice):
    """To the rider: it is part of none any more."""

    kind = "case_separated"
    is_silent_at_night = True

    number: str
    case_id: CaseId


@dataclass(frozen=True, slots=True)
class CaseLeft(Notice):
    """To somebody who no longer writes in a case: it takes the case off the keyboard below their chat."""

    kind = "case_left"


@dataclass(frozen=True, slots=True)
class CaseWaits(Notice):
    """To the handlers of the desk. `mark` stands in front of a case in which somebody may be in danger."""

    kind = "case_new"
    is_silent_at_night = True
    former_keys: ClassVar[Mapping[str, str]] = {"id": "case_id"}

    number: str
    desk: str
    case_id: CaseId
    mark: str = ""
    level: int = 0
    """At which it waits to be reviewed; 0: it has none."""


@dataclass(frozen=True, slots=True)
class CaseLate(Notice):
    """The first answer is late by `hours`. With `opens`, a button leads to the queue."""

    kind = "case_late"
    is_silent_at_night = True

    number: str
    desk: str
    hours: int
    opens: bool
    level: int = 0
    """At which a decision is late; 0: the case has none."""


class InHandOf(StrEnum):
    """Who has an urgent case in hand, as its reader sees it."""

    NOBODY = "free"
    READER = "mine"
    ANOTHER = "taken"


@dataclass(frozen=True, slots=True)
class CaseUrgent(Notice):
    """Somebody may be in danger."""

    kind = "case_urgent"
    former_keys: ClassVar[Mapping[str, str]] = {"id": "case_id", "stands": "in_hand_of"}

    number: str
    desk: str
    case_id: CaseId
    in_hand_of: InHandOf


@dataclass(frozen=True, slots=True)
class CaseUrgentLate(Notice):
    """Somebody may be in danger, and has had no answer for `minutes`."""

    kind = "case_urgent_late"

    number: str
    desk: str
    minutes: int
    opens: bool


@dataclass(frozen=True, slots=True)
class ClosedByDesk(Notice):
    """To the rider."""

    kind = "case_closed"
    is_silent_at_night = True
    former_keys: ClassVar[Mapping[str, str]] = {"id": "case_id"}

    number: str
    case_id: CaseId
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class LevelPassed(Notice):
    """To whoever brought it: this level has approved it, and it is at the next one."""

    kind = "case_level_passed"
    is_silent_at_night = True

    number: str
    desk: str
    case_id: CaseId
    level: int


@dataclass(frozen=True, slots=True)
class CaseDecided(Notice):
    """To whoever brought it: the last word at a level, with the reason where it is a refusal."""

    kind = "case_decided"
    is_silent_at_night = True

    number: str
    desk: str
    case_id: CaseId
    level: int
    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ColleagueAsks(Notice):
    """To the other handlers of a desk; `asked` is the note of the case that holds the question."""

    kind = "case_question"
    is_silent_at_night = True

    desk: str
    text: str
    asked: CaseMessageId


@dataclass(frozen=True, slots=True)
class ColleagueAnswers(Notice):
    kind = "case_told"
    is_silent_at_night = True
    former_keys: ClassVar[Mapping[str, str]] = {"id": "case_id"}

    number: str
    case_id: CaseId
    text: str


@dataclass(frozen=True, slots=True)
class TimeLimitReminder(SubjectNotice[CaseLimitId]):
    """The subject is the time limit."""

    kind = "remind_case_limit"


@dataclass(frozen=True, slots=True)
class BundleFailed(Notice):
    kind = "bundle_failed"
