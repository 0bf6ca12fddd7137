"""The tables of calls for help, and what they hold.

A call is a row without words. Names and places are sealed, and erased at its end; what is left for a day is that there
was one, which is what the daily limit counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage import sealed_columns
from storage.column_types import BigKey, Sealed, StrEnumColumn
from storage.database import Base
from storage.refusals import Refused, Repeated
from storage.sealed_json import SealedJson
from storage.sos.duties import Spot
from storage.sos.ids import HelpCallId
from storage.telegram_ids import PersonId

ANSWERED_WITHIN = timedelta(minutes=3)
"""After this the caller is told that nobody has answered, and coordinators are rung."""
ENDS_AFTER = timedelta(hours=3)
"""A call that nobody has ended ends by itself."""
ASKED_AFTER, ANSWERS_WITHIN = timedelta(minutes=15), timedelta(minutes=5)
"""Whoever is going is asked whether they still are, unless they have come closer; without an answer the call goes
back."""
CLOSER = 200
"""Metres by which somebody who is on their way has come closer since they were last looked at."""
HELD_FOR = timedelta(minutes=45)
"""So long at most a call is that of whoever is going, unless the caller says that they have come: answers alone, or a
live location that creeps closer, must not keep all others away."""
MOST_A_DAY = 3
MOST_IN_ALL = 6
"""Calls within a day, with those that their helper ended: else a caller with an accomplice would have any number."""
MOST_SENT_AWAY = 3
"""Helpers whom the caller has sent away; after that no volunteers are asked, but coordinators follow the call. Else one
person could have everybody nearby called out again and again, and learn their names."""
DAY = timedelta(days=1)


class CallState(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    ENDED = "ended"


class NoSuchCall(Repeated):
    """It has been forgotten, or never was."""


class CallOver(Repeated):
    """It has ended."""


class CallTaken(Repeated):
    """Another volunteer is going already."""


class NotToldOfCall(Refused):
    """They were not asked to help with this call."""


class NotInCall(Refused):
    """They are neither who called nor who is going."""


class NobodyGoing(Refused):
    """Who called says something about a helper, but nobody is going (any more)."""


class HelpingAlready(Refused):
    """They are going to somebody else."""


class TooManyCalls(Refused):
    """MOST_A_DAY calls of this person within a day, or MOST_IN_ALL with those that their helpers ended."""


class Earlier(NamedTuple):
    """A call that somebody has made; `counts`: its helper was not the one who ended it."""

    at: datetime
    counts: bool


class HelpCall(Base):
    __tablename__ = "sos_calls"
    __table_args__ = (Index("ix_sos_calls_state", "state", "due"),)

    id: Mapped[HelpCallId] = mapped_column(BigKey, primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    state: Mapped[CallState] = mapped_column(StrEnumColumn(CallState, 10))
    helper: Mapped[PersonId | None] = mapped_column(index=True, default=None)
    """Whoever is going. Once it has ended, NOBODY if its helper said so: it does not count against the caller's limit,
    or a stranger could use that up."""
    rung: Mapped[bool]
    """Whether coordinators have been rung since nobody answered."""
    due: Mapped[datetime | None] = mapped_column(default=None)
    """When the clock looks at it next; None once it has ended."""
    content: Mapped[bytes | None] = mapped_column(Sealed(("person_id",)), default=None)


class Told(Base):
    """A volunteer who was told of a call, until its end."""

    __tablename__ = "sos_told"

    call_id: Mapped[HelpCallId] = mapped_column(BigInteger, ForeignKey("sos_calls.id"), primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(primary_key=True, index=True, autoincrement=False)


TABLES = frozenset({"sos_calls", "sos_duties", "blocks"})


@dataclass(frozen=True, slots=True)
class Content:
    """The first names of the caller and of the helper, "" if nobody is going; the place in degrees, if it is known; the
    helpers who gave the call back, or from whom it went back."""

    name: str
    latitude: float | None = None
    longitude: float | None = None
    helper: str = ""
    gave_back: tuple[PersonId, ...] = ()
    away: float | None = None
    """How far the helper was when last looked at, in metres; None where only an area of theirs is known."""
    is_asked: bool = False
    """Whether the helper was asked whether they are still going, and has not answered."""
    taken_at: datetime | None = None
    """Since when somebody has been going."""
    is_here: bool = False
    """Whether the caller has said that the helper is with them."""
    sent_away: int = 0
    """How many helpers the caller did not want."""
    left: str = ""
    """The first name of the last one in `gave_back`, if they were with the caller before they left."""

    @property
    def asks_volunteers(self) -> bool:
        return self.sent_away < MOST_SENT_AWAY

    @property
    def spot(self) -> Spot | None:
        return None if self.latitude is None or self.longitude is None else Spot(self.latitude, self.longitude)


_JSON = SealedJson(Content)


def content_of(session: AsyncSession, row: HelpCall) -> Content:
    """Of a call that has not ended."""
    return _JSON.decode(sealed_columns.opened(session, row, HelpCall.content))


def keep(session: AsyncSession, row: HelpCall, content: Content) -> None:
    sealed_columns.seal(session, row, HelpCall.content, _JSON.encode(content))
