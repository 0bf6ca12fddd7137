"""Comments as they are read: on a clause by riders, one after the other by coordinators, all together at the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.campaigns.agreements import aliases, reading, versions
from storage.campaigns.agreements.comments import PUBLIC, Comment, CommentState, Refusal, text_of
from storage.campaigns.agreements.table import Agreement, Alias, Backing, ClauseText
from storage.campaigns.ids import CampaignId, ClauseId, CommentId, VersionId
from storage.disclosure import Figure, figure
from storage.telegram_ids import PersonId


@dataclass(frozen=True, slots=True)
class Shown:
    """A comment as it is read. `alias` is empty once its author is forgotten or erased; `version` is the number of the
    one that it is about."""

    id: CommentId
    clause_id: ClauseId
    version: int
    alias: str
    text: str
    state: CommentState
    refusal: Refusal | None
    answer: str
    taken_in: int | None
    backers: Figure
    is_own: bool = False
    is_backed: bool = False


async def public_on(session: AsyncSession, clause_id: ClauseId, person_id: PersonId) -> list[Shown]:
    """What everybody reads on a clause, those that most back first; beside it what this person wrote and waits."""
    clause = await reading.find_clause(session, clause_id)
    key = aliases.key_of(session, await session.get(Agreement, clause.campaign_id), person_id)
    chosen = select(Comment).where(Comment.clause_id == clause_id, _is_seen_with(clause.campaign_id, key))
    shown = await shown_as(session, (await session.scalars(chosen.order_by(Comment.id))).all(), key)
    return sorted(shown, key=lambda one: (one.state is CommentState.WAITING, -_weight(one.backers)))


def _is_seen_with(campaign_id: CampaignId, key: bytes | None) -> ColumnElement[bool]:
    """What waits of others is not even read: there may be much of it."""
    public = Comment.state.in_(PUBLIC)
    if key is None:
        return public
    mine = select(Alias.id).where(Alias.campaign_id == campaign_id, Alias.key == key)
    return public | ((Comment.state == CommentState.WAITING) & Comment.alias_id.in_(mine))


def _weight(backers: Figure) -> int:
    """Only by what is shown: the order must not tell a number that is hidden."""
    return backers if isinstance(backers, int) else 0


async def shown_as(session: AsyncSession, rows: Sequence[Comment], key: bytes | None = None) -> list[Shown]:
    """Comments as they are read by whoever has this key; by nobody in particular without one."""
    known = {one.id: one for one in await _aliases(session, rows)}
    numbers = {row.version_id: (await versions.find(session, row.version_id)).number for row in rows}
    ids = [row.id for row in rows]
    chosen = select(Backing.comment_id).where(Backing.key == key, Backing.comment_id.in_(ids))
    backed = set(await session.scalars(chosen)) if key is not None else set[CommentId]()
    return [
        _shown(session, row, None if row.alias_id is None else known.get(row.alias_id), numbers, key, backed)
        for row in rows
    ]


async def _aliases(session: AsyncSession, rows: Sequence[Comment]) -> Sequence[Alias]:
    ids = {row.alias_id for row in rows if row.alias_id is not None}
    return (await session.scalars(select(Alias).where(Alias.id.in_(ids)))).all()


def _shown(
    session: AsyncSession,
    row: Comment,
    alias: Alias | None,
    numbers: dict[VersionId, int | None],
    key: bytes | None,
    backed: set[CommentId],
) -> Shown:
    return Shown(
        id=row.id,
        clause_id=row.clause_id,
        version=numbers[row.version_id] or 0,
        alias="" if alias is None else alias.label,
        text=text_of(session, row),
        state=row.state,
        refusal=row.refusal,
        answer=row.answer,
        taken_in=row.taken_in,
        backers=figure(row.backers),
        is_own=key is not None and alias is not None and alias.key == key,
        is_backed=row.id in backed,
    )


async def counts_on(session: AsyncSession, campaign_id: CampaignId) -> dict[ClauseId, int]:
    """How many comments everybody can read, by clause."""
    chosen = select(Comment.clause_id, func.count()).where(Comment.campaign_id == campaign_id)
    rows = await session.execute(chosen.where(Comment.state.in_(PUBLIC)).group_by(Comment.clause_id))
    return {clause_id: count for clause_id, count in rows}  # noqa: C416 (a Row is no pair to mypy)


async def states_of(session: AsyncSession, campaign_id: CampaignId) -> dict[CommentState, int]:
    """How many comments there are, by state."""
    chosen = select(Comment.state, func.count()).where(Comment.campaign_id == campaign_id).group_by(Comment.state)
    return {state: count for state, count in await session.execute(chosen)}  # noqa: C416 (a Row is no pair to mypy)


_TO_DO = Comment.state.in_((CommentState.WAITING, CommentState.OPEN))


async def to_do(session: AsyncSession, campaign_id: CampaignId) -> list[CommentId]:
    """What waits for a coordinator, clause by clause in the order of the newest version; clauses that it has no more
    come last."""
    return await _in_order(session, campaign_id, _TO_DO)


async def next_to_do(session: AsyncSession, campaign_id: CampaignId, after: CommentId) -> tuple[CommentId | None, int]:
    """What waits next behind this comment, which may be settled by now, and how many wait; the first again after the
    last."""
    waiting = await to_do(session, campaign_id)
    order = await _in_order(session, campaign_id, _TO_DO | (Comment.id == after))
    at = order.index(after) + 1 if after in order else 0
    following = (one for one in order[at:] + order[:at] if one in waiting)
    return next(following, None), len(waiting)


async def _in_order(session: AsyncSession, campaign_id: CampaignId, which: ColumnElement[bool]) -> list[CommentId]:
    latest = await versions.published(session, campaign_id)
    if latest is None:
        return []
    here = (ClauseText.clause_id == Comment.clause_id) & (ClauseText.version_id == latest.id)
    chosen = (
        select(Comment.id)
        .outerjoin(ClauseText, here)
        .where(Comment.campaign_id == campaign_id, which)
        .order_by(ClauseText.position.is_(None), ClauseText.position, Comment.id)
    )
    return list(await session.scalars(chosen))


async def all_public(session: AsyncSession, campaign_id: CampaignId) -> list[Shown]:
    """Everything that everybody can read, for the table."""
    chosen = select(Comment).where(Comment.campaign_id == campaign_id, Comment.state.in_(PUBLIC))
    return await shown_as(session, (await session.scalars(chosen.order_by(Comment.id))).all())
