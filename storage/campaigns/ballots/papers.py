"""Papers: laid down for everybody entitled at the opening, and voted on until the close.

A vote replaces the envelope on a paper by one UPDATE that tells nothing but that it was one: an old and a new envelope
look alike, and no time is kept. What the voter chose is in no other value that is written.
"""

from __future__ import annotations

import asyncio
import hashlib
from datetime import datetime
from typing import NamedTuple, cast

from sqlalchemy import CursorResult, Table, bindparam, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import audit
from storage.audit import THE_CLOCK
from storage.campaigns import campaigns
from storage.campaigns.ballots import envelopes, receipts
from storage.campaigns.ballots.audited import BallotAction
from storage.campaigns.ballots.ballots import NoSuchBallot
from storage.campaigns.ballots.envelopes import Vote
from storage.campaigns.ballots.notices import BallotOpened
from storage.campaigns.ballots.table import Ballot, Paper, State, Voter
from storage.campaigns.ballots.terms import LEAST_ENTITLED
from storage.campaigns.campaigns import Campaign
from storage.campaigns.ids import BallotId
from storage.deliveries import announcements
from storage.engine.fast_statements import run
from storage.engine.overwriting import overwriting
from storage.people import segments
from storage.people.entitled import entitled
from storage.people.segments import Segment
from storage.people.topics import Topic
from storage.pseudonym_columns import known
from storage.refusals import Refused, Repeated
from storage.telegram_ids import NOBODY, PersonId

CHUNK = 200
"""People for whom papers are laid down in one step: some 30 ms of sealing, in a thread."""
_MARK = 12
"""Hexadecimal digits."""

_PAPERS = cast(Table, Paper.__table__)
_PAPER = select(_PAPERS.c.envelope, _PAPERS.c.voted).where(
    _PAPERS.c.ballot_id == bindparam("ballot"),
    _PAPERS.c.person_id == bindparam("person", type_=_PAPERS.c.person_id.type),
)


class NotEntitled(Refused):
    """They are not on the roll that was frozen at the opening."""


class NotOpen(Refused):
    """It is not open yet, or closed."""


class PaperChanged(Repeated):
    """The envelope is another one than when the question was asked: mostly the second of two taps."""


async def lay_down(session: AsyncSession, now: datetime, due: datetime) -> Ballot | None:
    """Lays down the next papers of a ballot that is being opened, and returns it; None if there is none. After the last
    the vote begins, and is announced at `due`; or the ballot is not opened, since too few are entitled.

    Each id is looked at once, in the order of the database, which says nothing of people.
    """
    chosen = select(Ballot).where(Ballot.state == State.FREEZING).order_by(Ballot.id).limit(1)
    row = await session.scalar(chosen.with_for_update(skip_locked=True))
    if row is None:
        return None
    campaign = await campaigns.find(session, row.campaign_id)
    last = await segments.end_of_page(session, row.frozen_to, CHUNK)
    if last is None:
        await _begin_vote(session, row, campaign, now, due)
        return row
    found = await segments.page(session, entitled(Segment.parse(campaign.segment)), row.frozen_to, last, now)
    terms = row.as_said
    blank = await asyncio.to_thread(_blanks, terms.key.content, terms.info, len(found))
    if found:
        values = [
            {"ballot_id": row.id, "person_id": one.id, "envelope": envelope, "voted": False}
            for one, envelope in zip(found, blank, strict=True)
        ]
        await session.execute(insert(Paper), values)
    pseudonyms = known(session.get_bind().dialect)
    row.roll_hash = _grown(row.roll_hash, [pseudonyms.encrypt(one.id) for one in found])
    row.roll_size += len(found)
    row.frozen_to = last
    return row


def _blanks(key: bytes, info: bytes, count: int) -> list[bytes]:
    return [envelopes.seal(key, info, None) for _ in range(count)]


def _grown(roll_hash: bytes, held: list[int]) -> bytes:
    """The hash of the roll with these people added: a chain over their pseudonyms in the order of the database."""
    for one in held:
        roll_hash = hashlib.sha256(roll_hash + one.to_bytes(8, "big", signed=True)).digest()
    return roll_hash


async def _begin_vote(session: AsyncSession, row: Ballot, campaign: Campaign, now: datetime, due: datetime) -> None:
    row.frozen_to = NOBODY
    about = f"ballot {row.id}: {row.roll_size} people, roll {row.roll_hash.hex()}"
    await audit.note(session, THE_CLOCK, BallotAction.BALLOT_ROLL_FROZEN, now, about=about)
    if row.roll_size < LEAST_ENTITLED:
        row.state, row.closed_at = State.NOT_OPENED, now
        await session.execute(delete(Paper).where(Paper.ballot_id == row.id))
        return
    row.state = State.OPEN
    announcements.announce(session, BallotOpened(row.id), Segment.parse(campaign.segment), Topic.SURVEYS, due)


async def find_open(session: AsyncSession, ballot_id: BallotId, now: datetime) -> Ballot:
    """A ballot in which votes are taken, to be looked at.

    Raises:
        NoSuchBallot, NotOpen: see the classes.
    """
    return _checked_open(await session.get(Ballot, ballot_id), now)


async def require_open(session: AsyncSession, ballot_id: BallotId, now: datetime) -> Ballot:
    """The same, for a vote: it is not closed before this transaction ends.

    Raises:
        NoSuchBallot, NotOpen: see the classes.
    """
    chosen = select(Ballot).where(Ballot.id == ballot_id).with_for_update(read=True)
    return _checked_open(await session.scalar(chosen.execution_options(populate_existing=True)), now)


def _checked_open(row: Ballot | None, now: datetime) -> Ballot:
    if row is None or row.state is State.PREPARED:
        raise NoSuchBallot
    if row.state is not State.OPEN or row.closes_at <= now:
        raise NotOpen
    return row


class Held(NamedTuple):
    """A person's paper as it is now. `mark` tells it from what a vote makes of it, and says nothing of its content."""

    envelope: bytes
    voted: bool

    @property
    def mark(self) -> str:
        return hashlib.sha256(b"mark" + self.envelope).hexdigest()[:_MARK]


async def held(session: AsyncSession, ballot_id: BallotId, person_id: PersonId) -> Held:
    """Raises NotEntitled: see the class."""
    row = (await run(session, _PAPER, {"ballot": ballot_id, "person": person_id})).one_or_none()
    if row is None:
        raise NotEntitled
    return Held(bytes(row.envelope), bool(row.voted))


async def is_entitled(session: AsyncSession, ballot_id: BallotId, person_id: PersonId) -> bool:
    """Whether they have a paper."""
    return await session.get(Paper, (ballot_id, person_id)) is not None


async def vote(
    session: AsyncSession, ballot_id: BallotId, person_id: PersonId, choice: int, seen: str, now: datetime
) -> str:
    """Puts a new envelope on the paper, in place of the one whose `mark` was seen; returns the receipt, which is kept
    nowhere.

    Raises:
        NoSuchBallot, NotOpen, NotEntitled, PaperChanged: see the classes.
    """
    terms = (await require_open(session, ballot_id, now)).as_said
    if not 0 <= choice < len(terms.options):
        raise NoSuchBallot
    before = await held(session, ballot_id, person_id)
    if before.mark != seen:
        raise PaperChanged
    receipt = receipts.new()
    envelope = envelopes.seal(terms.key.content, terms.info, Vote(choice, receipt))
    same = (Paper.ballot_id == ballot_id) & (Paper.person_id == person_id) & (Paper.envelope == before.envelope)
    changed = await session.execute(update(_PAPERS).where(same).values(envelope=envelope, voted=True))
    assert isinstance(changed, CursorResult)
    if not changed.rowcount:
        raise PaperChanged
    return receipt


async def holds_open(session: AsyncSession, person_id: PersonId) -> bool:
    """Whether this person has a paper in a ballot that is open."""
    theirs = select(Paper.ballot_id).join(Ballot, Ballot.id == Paper.ballot_id)
    theirs = theirs.where(Paper.person_id == person_id, Ballot.state == State.OPEN).limit(1)
    return await session.scalar(theirs) is not None


async def took_part(session: AsyncSession, ballot_id: BallotId, person_id: PersonId) -> bool | None:
    """Whether the list of voters has them as one who voted; None if they are not on it (any more)."""
    row = await session.get(Voter, (ballot_id, person_id))
    return None if row is None else row.voted


async def turnout(session: AsyncSession, ballot_id: BallotId) -> int:
    """How many papers are voted on. It is for nobody's eyes but as `turnouts.shown` rounds it."""
    chosen = select(func.count()).select_from(Paper).where(Paper.ballot_id == ballot_id, Paper.voted)
    return await session.scalar(chosen) or 0


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    """Takes the person's papers off, with their envelopes, and off the list of whoever voted; what they did as a
    coordinator is nobody's then."""
    await segments.forget_ends(session, person_id, Ballot.frozen_to)
    async with overwriting(session):
        for table in (Paper, Voter):
            await session.execute(delete(table).where(table.person_id == person_id))
    for column in (Ballot.opened_by, Ballot.closed_by, Ballot.published_by):
        await session.execute(update(Ballot).where(column == person_id).values({column.key: THE_CLOCK}))


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[dict[str, object]]:
    """In which ballots they had a paper, and whether they voted. What is in an envelope only trustees can open."""
    found: list[dict[str, object]] = []
    for table in (Paper, Voter):
        rows = await session.execute(select(table.ballot_id, table.voted).where(table.person_id == person_id))
        found += [{"ballot": ballot_id, "voted": voted} for ballot_id, voted in rows]
    return found
