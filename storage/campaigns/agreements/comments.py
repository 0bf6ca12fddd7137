"""What riders say about a clause: under an alias, public once a coordinator has shown it, answered once.

A comment and its backings have no time. Who wrote it stands in its alias alone, sealed.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CursorResult, ForeignKey, String, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage import sealed_columns
from storage.campaigns import campaigns
from storage.campaigns.agreements import aliases, reading
from storage.campaigns.agreements.private_numbers import holds_private_number
from storage.campaigns.agreements.table import Agreement, Alias, Backing
from storage.campaigns.campaigns import Phase
from storage.campaigns.ids import AliasId, CampaignId, ClauseId, CommentId, VersionId
from storage.column_types import BigKey, Sealed, StrEnumColumn
from storage.database import Base
from storage.dialects import insert_into
from storage.refusals import Refused, Repeated
from storage.telegram_ids import PersonId

LONGEST = 300
MOST_WAITING, MOST_OF_ONE = 5, 50
"""Of one person: those that nobody has looked at yet, and all."""


class CommentState(StrEnum):
    WAITING = "waiting"
    """For a coordinator, who shows or refuses it."""
    REFUSED = "refused"
    OPEN = "open"
    TAKEN = "taken"
    NOT_TAKEN = "not_taken"
    ANSWERED = "answered"


PUBLIC = (CommentState.OPEN, CommentState.TAKEN, CommentState.NOT_TAKEN, CommentState.ANSWERED)
DECISIONS = (CommentState.TAKEN, CommentState.NOT_TAKEN, CommentState.ANSWERED)


class Refusal(StrEnum):
    """For which of the published reasons a comment is not shown."""

    INSULT = "insult"
    PRIVATE = "private"
    OFF_TOPIC = "off_topic"
    ADVERTISING = "advertising"
    UNCLEAR = "unclear"


class NoSuchComment(Refused):
    """It was taken out, or nobody can see it."""


class ClauseGone(Refused):
    """The newest version has this clause no more, so there is nothing to comment on."""


class HoldsPrivateNumber(Refused):
    """A phone number, the number of an identity document or an address of mail, which everybody would read."""


class TooManyComments(Refused):
    """MOST_WAITING or MOST_OF_ONE of one person."""


class OwnComment(Repeated):
    """Nobody backs what they wrote themselves."""


class BackedAlready(Repeated):
    """They back it already."""


class Settled(Repeated):
    """Somebody has shown, refused or answered it meanwhile."""


class Comment(Base):
    __tablename__ = "clause_comments"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 (an answer must never reach a later author)

    id: Mapped[CommentId] = mapped_column(BigKey, primary_key=True)
    campaign_id: Mapped[CampaignId] = mapped_column(ForeignKey("agreements.campaign_id"), index=True)
    clause_id: Mapped[ClauseId] = mapped_column(ForeignKey("clauses.id"), index=True)
    version_id: Mapped[VersionId] = mapped_column(ForeignKey("agreement_versions.id"))
    alias_id: Mapped[AliasId | None] = mapped_column(ForeignKey("comment_aliases.id"), default=None, index=True)
    text: Mapped[bytes] = mapped_column(Sealed(("clause_id",)))
    state: Mapped[CommentState] = mapped_column(StrEnumColumn(CommentState, 10), default=CommentState.WAITING)
    refusal: Mapped[Refusal | None] = mapped_column(StrEnumColumn(Refusal, 12), default=None)
    answer: Mapped[str] = mapped_column(String(LONGEST), default="")
    taken_in: Mapped[int | None] = mapped_column(default=None)
    """The number of the version that it was taken into; it may be the next one."""
    backers: Mapped[int] = mapped_column(default=0)


async def write(
    session: AsyncSession, clause_id: ClauseId, person_id: PersonId, text: str, now: datetime
) -> tuple[Comment, Alias]:
    """Keeps a comment for a coordinator to look at; it has the alias of its author.

    Raises:
        NoSuchClause, NoSuchCampaign, PhaseOver, ClauseGone, HoldsPrivateNumber, TooManyComments: see the classes.
    """
    draft = await reading.draft_for(session, clause_id, person_id, now)
    await campaigns.require_phase(session, draft.campaign, Phase.DRAFT, now)
    if draft.at(clause_id) is None:
        raise ClauseGone
    if holds_private_number(text):
        raise HoldsPrivateNumber
    alias = await aliases.give(session, draft.campaign.id, person_id)
    await _require_few(session, alias.id)
    row = Comment(
        campaign_id=draft.campaign.id,
        clause_id=clause_id,
        version_id=draft.version.id,
        alias_id=alias.id,
        text=b"",
    )
    session.add(row)
    await session.flush()
    sealed_columns.seal(session, row, Comment.text, text.encode())
    return row, alias


async def _require_few(session: AsyncSession, alias_id: AliasId) -> None:
    waits = func.count().filter(Comment.state == CommentState.WAITING)
    counts = select(waits, func.count()).select_from(Comment).where(Comment.alias_id == alias_id)
    waiting, written = (await session.execute(counts)).one()
    if waiting >= MOST_WAITING or written >= MOST_OF_ONE:
        raise TooManyComments


async def back(session: AsyncSession, comment_id: CommentId, person_id: PersonId, now: datetime) -> Comment:
    """Says that somebody thinks the same.

    Raises:
        NoSuchComment, NoSuchCampaign, PhaseOver, Settled, OwnComment, BackedAlready: see the classes.
    """
    row = await find(session, comment_id)
    campaign = await campaigns.find_for(session, row.campaign_id, person_id, now)
    await campaigns.require_phase(session, campaign, Phase.DRAFT, now)
    if row.state not in PUBLIC:
        raise NoSuchComment
    if row.state is not CommentState.OPEN:
        raise Settled
    key = aliases.key_of(session, await session.get(Agreement, row.campaign_id), person_id)
    own = await session.get(Alias, row.alias_id) if row.alias_id is not None else None
    if own is not None and own.key == key:
        raise OwnComment
    statement = insert_into(session, Backing).values(comment_id=row.id, key=key).on_conflict_do_nothing()
    added = await session.execute(statement)
    assert isinstance(added, CursorResult)
    if not added.rowcount:
        raise BackedAlready
    await session.execute(update(Comment).where(Comment.id == row.id).values(backers=Comment.backers + 1))
    return row


async def find(session: AsyncSession, comment_id: CommentId) -> Comment:
    """Raises NoSuchComment."""
    row = await session.get(Comment, comment_id)
    if row is None:
        raise NoSuchComment
    return row


async def _locked(session: AsyncSession, comment_id: CommentId, *states: CommentState) -> Comment:
    """One in one of these states, until the transaction ends.

    Raises:
        NoSuchComment, Settled: see the classes.
    """
    row = await session.get(Comment, comment_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NoSuchComment
    if row.state not in states:
        raise Settled
    return row


async def show(session: AsyncSession, comment_id: CommentId) -> Comment:
    """A coordinator lets everybody read it.

    Raises:
        NoSuchComment, Settled: see the classes.
    """
    row = await _locked(session, comment_id, CommentState.WAITING)
    row.state = CommentState.OPEN
    return row


async def refuse(session: AsyncSession, comment_id: CommentId, refusal: Refusal) -> Comment:
    """A coordinator does not let others read it.

    Raises:
        NoSuchComment, Settled: see the classes.
    """
    row = await _locked(session, comment_id, CommentState.WAITING)
    row.state, row.refusal = CommentState.REFUSED, refusal
    return row


async def decide(
    session: AsyncSession, comment_id: CommentId, decision: CommentState, answer: str, taken_in: int | None = None
) -> Comment:
    """What becomes of a comment, for good: one of DECISIONS, with the sentence that its author and all others read.

    Raises:
        NoSuchComment, Settled: see the classes.
    """
    assert decision in DECISIONS
    assert (taken_in is not None) is (decision is CommentState.TAKEN)
    row = await _locked(session, comment_id, CommentState.OPEN)
    row.state, row.answer, row.taken_in = decision, answer, taken_in
    return row


async def author_of(session: AsyncSession, row: Comment) -> PersonId | None:
    """Who wrote it; None once that is forgotten or erased."""
    alias = await session.get(Alias, row.alias_id) if row.alias_id is not None else None
    return aliases.person_of(session, alias)


def text_of(session: AsyncSession, row: Comment) -> str:
    return sealed_columns.opened(session, row, Comment.text).decode()
