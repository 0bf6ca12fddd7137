"""What is said about a call for help. A notice holds the call's id alone: the rest is read when it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from storage.deliveries.notices import Notice, SubjectNotice
from storage.sos.ids import HelpCallId


class Turn(StrEnum):
    """What coordinators are told about a call."""

    OPENED = "opened"
    TAKEN = "taken"
    ARRIVED = "arrived"
    GIVEN_BACK = "given_back"
    UNANSWERED = "unanswered"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class HelpWanted(SubjectNotice[HelpCallId]):
    """To a volunteer: somebody nearby needs help, with the place."""

    kind = "help_wanted"


@dataclass(frozen=True, slots=True)
class HelpNoLongerWanted(SubjectNotice[HelpCallId]):
    """To a volunteer: somebody else is going, or the call is over. `is_late`: they were going, and had HELD_FOR."""

    kind = "help_no_longer_wanted"

    is_late: bool = False


@dataclass(frozen=True, slots=True)
class HelperIsGoing(SubjectNotice[HelpCallId]):
    """To the caller: who is going."""

    kind = "helper_is_going"


@dataclass(frozen=True, slots=True)
class HelperGaveUp(SubjectNotice[HelpCallId]):
    """To the caller: who was going can't come. `is_late`: they have had HELD_FOR."""

    kind = "helper_gave_up"

    is_late: bool = False


@dataclass(frozen=True, slots=True)
class HelperHere(SubjectNotice[HelpCallId]):
    """To the caller: has whoever is going come?"""

    kind = "help_is_helper_here"


@dataclass(frozen=True, slots=True)
class StillGoing(SubjectNotice[HelpCallId]):
    """To the helper: are they still going? Without an answer the call goes back."""

    kind = "help_still_going"


@dataclass(frozen=True, slots=True)
class NobodyAnswers(SubjectNotice[HelpCallId]):
    """To the caller: nobody has said that they are going."""

    kind = "nobody_answers"


@dataclass(frozen=True, slots=True)
class HelpOver(SubjectNotice[HelpCallId]):
    """To the caller and the helper: the call has ended, and its place is erased."""

    kind = "help_over"


@dataclass(frozen=True, slots=True)
class HelpFollowed(SubjectNotice[HelpCallId]):
    """To a coordinator."""

    kind = "help_followed"

    turn: Turn


@dataclass(frozen=True, slots=True)
class DutyOver(Notice):
    """To a volunteer: the shift is over, and the place is erased."""

    kind = "help_duty_over"
