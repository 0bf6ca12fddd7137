"""What people are told about activities."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.activities.ids import ActivityChangeId, ActivityId, QuestionId
from storage.deliveries.notices import Notice, SubjectNotice


@dataclass(frozen=True, slots=True)
class ActivityCancelled(SubjectNotice[ActivityId]):
    """The subject is the activity, as in all that follow unless they say otherwise."""

    kind = "activity_cancelled"


@dataclass(frozen=True, slots=True)
class ActivityChanged(SubjectNotice[ActivityChangeId]):
    """The subject is the change."""

    kind = "activity_changed"


@dataclass(frozen=True, slots=True)
class StreamStarts(SubjectNotice[ActivityId]):
    kind = "stream_starts"


@dataclass(frozen=True, slots=True)
class ThanksForComing(SubjectNotice[ActivityId]):
    kind = "thanks"


@dataclass(frozen=True, slots=True)
class ActivityReminder(SubjectNotice[ActivityId]):
    kind = "remind_activity"


@dataclass(frozen=True, slots=True)
class PlaceLapsed(SubjectNotice[ActivityId]):
    """A place was offered, and not taken in time."""

    kind = "place_lapsed"


@dataclass(frozen=True, slots=True)
class PlaceOffered(SubjectNotice[ActivityId]):
    kind = "place_offered"

    until: datetime
    guests: int


@dataclass(frozen=True, slots=True)
class DrawCloses(SubjectNotice[ActivityId]):
    """To whoever holds a ticket: the list is closed, and its SHA-256 known. The rest is read when it is sent."""

    kind = "draw_closes"

    ticket: int


@dataclass(frozen=True, slots=True)
class DrawMade(SubjectNotice[ActivityId]):
    """To whoever holds a ticket: as which one it was drawn, and if it got no place, where on the waiting list."""

    kind = "draw_made"

    ticket: int
    drawn: int
    position: int
    """0: they have a place."""


@dataclass(frozen=True, slots=True)
class QuestionAsked(SubjectNotice[ActivityId]):
    """To the organiser, who answers by the question's number."""

    kind = "activity_question"

    question: QuestionId
    text: str


@dataclass(frozen=True, slots=True)
class QuestionAnswered(SubjectNotice[ActivityId]):
    kind = "activity_reply"

    asked: str
    text: str


@dataclass(frozen=True, slots=True)
class NextRound(SubjectNotice[ActivityId]):
    """To somebody who goes on to the next round of a contest, at this time."""

    kind = "next_round"

    round: str
    when: datetime


@dataclass(frozen=True, slots=True)
class NextRoundOff(SubjectNotice[ActivityId]):
    """To somebody who was told that they go on to this round, and does not."""

    kind = "next_round_off"

    round: str


@dataclass(frozen=True, slots=True)
class SeriesEnded(Notice):
    """To the organiser of a series whose rule can no longer be read."""

    kind = "series_ended"

    title: str
