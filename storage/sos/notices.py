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
    LEFT = "left"
    SENT_AWAY = "sent_away"
    UNANSWERED = "unanswered"
    ENDED = "ended"


class NotWanted(StrEnum):
    """Why a volunteer need not go, or stay."""

    OTHERS = "others"
    """Somebody else is going, or the call is over."""
    LATE = "late"
    """They were going, and had HELD_FOR."""
    SENT_AWAY = "sent_away"
    """They were going, and the caller does not want them."""
    SENT_HOME = "sent_home"
    """They were with the caller, who does not want them any more."""


class Gone(StrEnum):
    """Why nobody is going any more, as the caller hears it."""

    CANNOT = "cannot"
    LATE = "late"
    """They have had HELD_FOR."""
    LEFT = "left"
    """They were with the caller, and had to leave."""


@dataclass(frozen=True, slots=True)
class HelpWanted(SubjectNotice[HelpCallId]):
    """To a volunteer: somebody nearby needs help, with the place."""

    kind = "help_wanted"


@dataclass(frozen=True, slots=True)
class HelpNoLongerWanted(SubjectNotice[HelpCallId]):
    """To a volunteer: they need not go, or stay."""

    kind = "help_no_longer_wanted"

    why: NotWanted = NotWanted.OTHERS


@dataclass(frozen=True, slots=True)
class HelperIsGoing(SubjectNotice[HelpCallId]):
    """To the caller: who is going."""

    kind = "helper_is_going"


@dataclass(frozen=True, slots=True)
class HelperGaveUp(SubjectNotice[HelpCallId]):
    """To the caller: who was going can't come, or who was with them had to leave."""

    kind = "helper_gave_up"

    why: Gone = Gone.CANNOT


@dataclass(frozen=True, slots=True)
class HelperHere(SubjectNotice[HelpCallId]):
    """To the caller: has whoever is going come?"""

    kind = "help_is_helper_here"


@dataclass(frozen=True, slots=True)
class StillGoing(SubjectNotice[HelpCallId]):
    """To the helper: are they still going? Without an answer the call goes back."""

    kind = "help_still_going"


@dataclass(frozen=True, slots=True)
class HelperConfirmed(SubjectNotice[HelpCallId]):
    """To the helper: the caller says that they are with them."""

    kind = "help_is_helper_confirmed"


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
