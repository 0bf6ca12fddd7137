"""Contests and their phases: entry, check, public vote, judging, result; any but the last may be left out.

Who may vote, how often, and how the votes and the judges' scores weigh is fixed before the first phase begins.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

import orjson
from sqlalchemy import BigInteger, ForeignKey, SmallInteger, String, Text, delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage import sealed_columns
from storage.column_types import BigKey, Sealed, StrEnumColumn
from storage.contests.ids import ContestId
from storage.coordination.wake_ups import WakeUp
from storage.database import Base
from storage.draws import drawing
from storage.people import segments
from storage.people.segments import Segment
from storage.phases import InPhases, Phased, PhaseDates, State
from storage.refusals import Refused, Repeated
from storage.telegram_ids import ChatId, PersonId

MOST_CATEGORIES, MOST_CRITERIA, MOST_PRIZES = 12, 8, 10


class Phase(StrEnum):
    """In this order."""

    ENTRY = "entry"
    CHECK = "check"
    VOTE = "vote"
    JUDGING = "judging"
    RESULT = "result"


class Voters(StrEnum):
    """Who may vote."""

    KNOWN = "known"
    """Who had written to the bot before the contest was announced."""
    MEMBERS = "members"


class Slot(StrEnum):
    """How often each may vote."""

    CATEGORY = "category"
    DAY = "day"


class Tie(StrEnum):
    """What decides between entries with the same result."""

    JUDGES = "judges"
    PUBLIC = "public"
    DRAW = "draw"


class NoSuchContest(Refused):
    """It does not exist, or has not been started."""


class ContestMovedOn(Repeated):
    """Somebody has moved it meanwhile."""


class NothingDecides(Refused):
    """Neither the public nor judges nor a draw would decide."""


class ContestClosed(Refused):
    """The contest is in another phase, or the date until which this one was open has passed."""


class Contest(InPhases[Phase], Base):
    __tablename__ = "contests"

    id: Mapped[ContestId] = mapped_column(BigKey, primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    rules: Mapped[str] = mapped_column(String(3_000))
    rules_version: Mapped[int] = mapped_column(SmallInteger, default=1)
    segment: Mapped[str] = mapped_column(String(500))
    """Who may enter."""
    settings: Mapped[str] = mapped_column(String(4_000))
    """JSON of `Settings`."""
    phase: Mapped[Phase | None] = mapped_column(StrEnumColumn(Phase, 10), default=None)
    secret: Mapped[bytes | None] = mapped_column(Sealed, default=None)
    """Sealed; makes voters' aliases. Thrown away when the vote is over."""
    draw_seed: Mapped[bytes | None] = mapped_column(Sealed, default=None)
    """Sealed until the result; decides between equals where the rule is a draw. Its SHA-256 is told from the start."""
    draw: Mapped[str | None] = mapped_column(Text, default=None, deferred=True)
    """The published draw of all its entries, from the result on: numbers of entries, nobody's name."""
    channel: Mapped[ChatId | None] = mapped_column(BigInteger, default=None)
    """Where each entry is posted that is shown."""
    started_at: Mapped[datetime | None] = mapped_column("announced_at", default=None)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the places were fixed."""


class ContestPhase(PhaseDates[Phase], Base):
    __tablename__ = "contest_phases"

    contest_id: Mapped[ContestId] = mapped_column(BigInteger, ForeignKey("contests.id"), primary_key=True)
    phase: Mapped[Phase] = mapped_column(StrEnumColumn(Phase, 10), primary_key=True)


@dataclass(frozen=True, slots=True)
class Settings:
    """What is fixed before the beginning. `public_weight` is in per cent, the rest is the judges'; `shortlist` entries
    of each category go to the judges (0: all)."""

    categories: tuple[str, ...]
    entries_each: int = 1
    by_team: bool = False
    """Whether teams enter: `entries_each` holds for a team as well."""
    voters: Voters = Voters.KNOWN
    slot: Slot = Slot.CATEGORY
    public_weight: int = 50
    shortlist: int = 0
    criteria: tuple[str, ...] = ()
    tie: Tie = Tie.JUDGES
    is_drawn: bool = False
    """Neither votes nor scores, but a draw among all entries gives the places."""
    prizes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """A contest as it is set up."""

    title: str
    rules: str
    segment: Segment
    settings: Settings
    phases: Mapping[Phase, datetime | None]


PHASED = Phased[Contest, Phase, ContestId](
    row=Contest,
    dates=ContestPhase,
    row_id=ContestPhase.contest_id,
    phases=Phase,
    wake_up=WakeUp.CONTESTS,
    missing=NoSuchContest,
    moved_on=ContestMovedOn,
    closed=ContestClosed,
)
find, find_for_update, find_held, all_of = PHASED.find, PHASED.find_for_update, PHASED.find_held, PHASED.all_of
phases_of, next_phase, require_phase = PHASED.phases_of, PHASED.next_phase, PHASED.require_phase
move, set_until = PHASED.move, PHASED.set_until
overdue, is_overdue, next_overdue = PHASED.overdue, PHASED.is_overdue, PHASED.next_overdue


async def create(session: AsyncSession, plan: Plan) -> Contest:
    """Sets up a contest that nobody sees yet but coordinators.

    Raises:
        NothingDecides: see the class.
    """
    row = Contest(title=plan.title, rules=plan.rules, segment=plan.segment.text, settings=_written(_weighed(plan)))
    session.add(row)
    await session.flush()
    await _lay_out(session, row, plan)
    return row


async def change_prepared(session: AsyncSession, contest_id: ContestId, plan: Plan) -> Contest:
    """Puts the plan in place of what was, as long as nobody has seen it but coordinators.

    Raises:
        NoSuchContest, NothingDecides: see the classes.
        ContestMovedOn: it has been started.
    """
    row = await find_for_update(session, contest_id)
    if row.state is not State.PREPARED:
        raise ContestMovedOn
    row.title, row.rules, row.segment = plan.title, plan.rules, plan.segment.text
    row.settings, row.secret, row.draw_seed = _written(_weighed(plan)), None, None
    await session.execute(delete(ContestPhase).where(ContestPhase.contest_id == row.id))
    await _lay_out(session, row, plan)
    return row


async def set_segment(session: AsyncSession, contest_id: ContestId, segment: Segment) -> Contest:
    """Changes who may enter, until it is started. Raises NoSuchContest, ContestMovedOn: see the classes."""
    row = await find_for_update(session, contest_id)
    if row.state is not State.PREPARED:
        raise ContestMovedOn
    row.segment = segment.text
    return row


def _written(settings: Settings) -> str:
    return orjson.dumps(settings).decode()


async def _lay_out(session: AsyncSession, row: Contest, plan: Plan) -> None:
    """Its phases, and the secrets that they need."""
    if Phase.VOTE in plan.phases:
        sealed_columns.seal(session, row, Contest.secret, secrets.token_bytes(32))
    if settings_of(row).tie is Tie.DRAW:
        sealed_columns.seal(session, row, Contest.draw_seed, drawing.new_seed())
    phases = {**plan.phases, Phase.RESULT: plan.phases.get(Phase.RESULT)}
    session.add_all(ContestPhase(contest_id=row.id, phase=phase, until=until) for phase, until in phases.items())
    await session.flush()


def _weighed(plan: Plan) -> Settings:
    """Where only one of them has a say, public or judges, theirs is the whole weight."""
    if Phase.VOTE not in plan.phases and Phase.JUDGING not in plan.phases:
        if not plan.settings.is_drawn:
            raise NothingDecides
        return replace(plan.settings, public_weight=100, shortlist=0, tie=Tie.DRAW)
    if Phase.VOTE not in plan.phases:
        return replace(plan.settings, public_weight=0)
    if Phase.JUDGING not in plan.phases:
        return replace(plan.settings, public_weight=100, shortlist=0)
    return plan.settings


def seed_of(session: AsyncSession, row: Contest) -> bytes:
    """What a draw between equals is made with; empty if the rule is another."""
    return b"" if row.draw_seed is None else sealed_columns.opened(session, row, Contest.draw_seed)


def keep_settings(row: Contest, settings: Settings) -> None:
    row.settings = _written(settings)


def settings_of(row: Contest) -> Settings:
    return read_settings(row.settings)


@lru_cache(maxsize=64)
def read_settings(text: str) -> Settings:
    """Of the column."""
    stored = orjson.loads(text)
    tuples = {name: tuple(stored[name]) for name in ("categories", "criteria", "prizes")}
    enums = {"voters": Voters(stored["voters"]), "slot": Slot(stored["slot"]), "tie": Tie(stored["tie"])}
    return Settings(**{**stored, **tuples, **enums})


async def find_started(session: AsyncSession, contest_id: ContestId) -> Contest:
    """One that riders may see. Raises NoSuchContest."""
    row = await find(session, contest_id)
    if row.state is State.PREPARED:
        raise NoSuchContest
    return row


async def may_enter(session: AsyncSession, row: Contest, person_id: PersonId, now: datetime) -> bool:
    return await segments.includes(session, Segment.parse(row.segment), person_id, now)


async def set_channel(session: AsyncSession, contest_id: ContestId, channel: ChatId | None) -> None:
    """Where entries are posted from now on; None: nowhere. Raises NoSuchContest."""
    (await find(session, contest_id)).channel = channel


TABLES = frozenset({Contest.__tablename__, ContestPhase.__tablename__})
