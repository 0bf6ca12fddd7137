"""How long it is kept who has voted: for questions about the roll, some weeks after the end of the ballot."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import CursorResult, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.campaigns.ballots.table import Ballot, State, Voter
from storage.privacy.retention import AT_ONCE, Retention

KEPT = timedelta(days=30)
"""After the publication; after the close, where a box was not opened."""
UNPUBLISHED_KEPT = timedelta(days=365)
"""After the close, where a result never came."""


async def forget(session: AsyncSession, now: datetime, _kept: Retention) -> bool:
    """Forgets who has voted in ballots of long ago; True if there may be more."""
    ended = func.coalesce(Ballot.published_at, Ballot.closed_at)
    has_ended = Ballot.state.in_((State.PUBLISHED, State.NOT_OPENED)) & (ended <= now - KEPT)
    old = select(Ballot.id).where(or_(has_ended, Ballot.closed_at <= now - UNPUBLISHED_KEPT))
    some = select(Voter.ballot_id, Voter.person_id).where(Voter.ballot_id.in_(old)).limit(AT_ONCE)
    rows = (await session.execute(some)).all()
    for ballot_id in {ballot_id for ballot_id, _ in rows}:
        people = [person_id for found, person_id in rows if found == ballot_id]
        theirs = (Voter.ballot_id == ballot_id) & Voter.person_id.in_(people)
        removed = await session.execute(delete(Voter).where(theirs).execution_options(synchronize_session=False))
        assert isinstance(removed, CursorResult)
    return len(rows) >= AT_ONCE
