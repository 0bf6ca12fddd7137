"""The trustees' result comes back: checked against what was announced, published, and looked up by receipt."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import audit
from storage.campaigns import campaigns
from storage.campaigns.ballots import ballots, receipts, thresholds, verify
from storage.campaigns.ballots.audited import BallotAction
from storage.campaigns.ballots.ballots import BallotMovedOn, NoSuchBallot
from storage.campaigns.ballots.notices import BallotPublished
from storage.campaigns.ballots.table import Ballot, BallotFile, State
from storage.campaigns.ballots.terms import Terms
from storage.campaigns.ballots.thresholds import Count
from storage.campaigns.ballots.trustee_keys import PublicKey
from storage.deliveries import announcements
from storage.people.segments import Segment
from storage.people.topics import Topic
from storage.refusals import Refused
from storage.telegram_ids import PersonId

_LONGEST_FAULT = 200
"""Characters: it may quote the file."""
OTHER_TERMS = "the terms are not those of the ballot"
OTHER_ROLL = "the roll is not the one announced"
OTHER_BOX = "the box is not the one announced"
COUNTED_OTHERWISE = "the conditions are counted otherwise here"


class BadResult(Refused):
    """It is no result of a ballot, or not as it was written; `fault` says in what, in English."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Result:
    """A published result."""

    terms: Terms
    entitled: int
    cast: int
    counts: tuple[int, ...]
    invalid: int
    met: tuple[bool, ...]
    is_carried: bool
    opened_with: int
    votes: tuple[str, ...]
    """ "7KQ2M9XTRA 1": a receipt and the number of its option, in order; empty where single votes are not listed."""
    file_hash: str

    def choice_of(self, receipt: str) -> int | None:
        """The place of the option under a receipt; None if it is not listed."""
        return next((self.choice_in(vote) for vote in self.votes if vote.startswith(receipt)), None)

    def beginning_with(self, start: str) -> Sequence[str]:
        return [vote for vote in self.votes if vote.startswith(start)]

    @staticmethod
    def choice_in(vote: str) -> int:
        """The place of the option of a listed vote."""
        return int(vote[receipts.LENGTH + 1 :]) - 1


@lru_cache(maxsize=4)
def read(content: bytes) -> Result:
    """Recounts a result file. Of a large one that takes a tenth of a second, so it is remembered: everybody is told it,
    one after the other.

    Raises:
        BadResult: see the class.
    """
    try:
        plain = verify.verify(content)
        terms = Terms.read(plain["terms"])
    except (verify.Fault, ValueError, KeyError, TypeError) as failure:
        raise BadResult(str(failure)[:_LONGEST_FAULT] or type(failure).__name__) from None
    return _result(plain, terms, content)


def _result(plain: dict[str, Any], terms: Terms, content: bytes) -> Result:
    return Result(
        terms,
        plain["roll"]["size"],
        plain["box"]["count"],
        tuple(plain["counts"]),
        plain["invalid"],
        tuple(plain["met"]),
        plain["carried"],
        plain["opened"]["shares"],
        tuple(plain["votes"] or ()),
        hashlib.sha256(content).hexdigest(),
    )


async def publish(
    session: AsyncSession, content: bytes, publisher: PersonId, now: datetime, due: datetime
) -> tuple[Ballot, Result]:
    """Brings the result in, in place of the box; everybody hears it at `due`.

    Raises:
        BadResult: see the class; also if it differs from what was announced.
        NoSuchBallot: no ballot here has this key.
        BallotMovedOn: it has been published, or is not closed.
    """
    result, plain = await asyncio.to_thread(lambda: (read(content), verify.verify(content)))
    row = await _ballot_with(session, result.terms.key)
    if row.state is not State.CLOSED:
        raise BallotMovedOn
    if fault := _differs(row, result, plain):
        raise BadResult(fault)
    file = await session.get_one(BallotFile, row.id)
    file.content = content
    row.state, row.published_by, row.published_at = State.PUBLISHED, publisher, now
    about = f"ballot {row.id}: result {result.file_hash}"
    await audit.note(session, publisher, BallotAction.BALLOT_PUBLISHED, now, about=about)
    campaign = await campaigns.find(session, row.campaign_id)
    announcements.announce(session, BallotPublished(row.id), Segment.parse(campaign.segment), Topic.SURVEYS, due)
    return row, result


async def _ballot_with(session: AsyncSession, key: PublicKey) -> Ballot:
    found = await session.scalar(select(Ballot.id).where(Ballot.key == key.content))
    if found is None:
        raise NoSuchBallot
    return await ballots.locked(session, found)


def _differs(row: Ballot, result: Result, plain: dict[str, Any]) -> str:
    """What differs from the ballot as it was announced; empty if nothing does."""
    count = Count(result.entitled, result.cast, result.counts[0])
    checks = {
        OTHER_TERMS: orjson.loads(row.terms) == plain["terms"],
        OTHER_ROLL: (row.roll_size, row.roll_hash.hex()) == (result.entitled, plain["roll"]["sha256"]),
        OTHER_BOX: (row.cast, row.box_hash) == (result.cast, plain["box"]["sha256"]),
        COUNTED_OTHERWISE: thresholds.carries(result.terms.rule, count) is result.is_carried,
    }
    return next((fault for fault, holds in checks.items() if not holds), "")


async def published(session: AsyncSession, row: Ballot) -> Result:
    """Raises BallotMovedOn: there is no result yet."""
    content = await ballots.file_of(session, row.id) if row.state is State.PUBLISHED else None
    if content is None:
        raise BallotMovedOn
    return await asyncio.to_thread(read, content)
