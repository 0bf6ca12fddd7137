"""What is kept about people who comment: erased, copied, and forgotten in time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.campaigns.agreements import aliases
from storage.campaigns.agreements.comments import Comment, CommentState, text_of
from storage.campaigns.agreements.table import Agreement, Alias, Backing
from storage.campaigns.campaigns import Campaign, Phase
from storage.phases import State
from storage.privacy.retention import AT_ONCE, Retention
from storage.telegram_ids import PersonId

AUTHORS_KEPT = timedelta(days=90)
"""After the end of a campaign, for those who look how their comment was answered."""
_COMMENTS_AT_ONCE = 50
_AFTER_DRAFT = tuple(phase for at, phase in enumerate(Phase) if at > list(Phase).index(Phase.DRAFT))


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    """Comments that everybody has read stay, of nobody; those that nobody has looked at go; backings are taken back."""
    for agreement in (await session.scalars(select(Agreement).where(Agreement.secret.is_not(None)))).all():
        key = aliases.key_of(session, agreement, person_id)
        theirs = select(Backing.comment_id).where(Backing.key == key)
        backed = (await session.scalars(theirs)).all()
        await session.execute(update(Comment).where(Comment.id.in_(backed)).values(backers=Comment.backers - 1))
        await session.execute(delete(Backing).where(Backing.key == key))
        alias = await aliases.find(session, agreement.campaign_id, person_id)
        if alias is None:
            continue
        unseen = (Comment.alias_id == alias.id) & Comment.state.in_((CommentState.WAITING, CommentState.REFUSED))
        await session.execute(delete(Comment).where(unseen))
        await session.execute(update(Comment).where(Comment.alias_id == alias.id).values(alias_id=None))
        await session.delete(alias)
        await session.flush()


async def has_waiting(session: AsyncSession, person_id: PersonId) -> bool:
    """Whether a comment of this person waits to be looked at."""
    return any(one.get("state") is CommentState.WAITING for one in await copy_of(session, person_id))


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[dict[str, Any]]:
    """What this person wrote and backs."""
    found = []
    for agreement in (await session.scalars(select(Agreement).where(Agreement.secret.is_not(None)))).all():
        key = aliases.key_of(session, agreement, person_id)
        written = select(Comment, Alias.label).join(Alias, Alias.id == Comment.alias_id).where(Alias.key == key)
        backed = select(Comment).where(Comment.id.in_(select(Backing.comment_id).where(Backing.key == key)))
        for row, label in await session.execute(written.where(Alias.campaign_id == agreement.campaign_id)):
            found.append({"comment": text_of(session, row), "as": label, "state": row.state, "answer": row.answer})
        found += [{"backs": text_of(session, row)} for row in await session.scalars(backed)]
    return found


async def forget(session: AsyncSession, now: datetime, _kept: Retention) -> bool:
    """Removes some of the backings of drafts that are settled, and of the authors in campaigns that ended long ago;
    True if there may be more."""
    more = await _forget_backings(session)
    return await _forget_authors(session, now) or more


async def _forget_backings(session: AsyncSession) -> bool:
    """Their counts stay."""
    settled = (Campaign.state == State.ENDED) | Campaign.phase.in_(_AFTER_DRAFT)
    chosen = (
        select(Backing.comment_id)
        .join(Comment, Comment.id == Backing.comment_id)
        .join(Campaign, Campaign.id == Comment.campaign_id)
        .where(settled)
        .distinct()
        .limit(_COMMENTS_AT_ONCE)
    )
    ids = (await session.scalars(chosen)).all()
    await session.execute(delete(Backing).where(Backing.comment_id.in_(ids)))
    return len(ids) == _COMMENTS_AT_ONCE


async def _forget_authors(session: AsyncSession, now: datetime) -> bool:
    """The labels stay, of nobody; what was never shown goes; the secret goes last, since an erasure finds the rest by
    it."""
    chosen = (
        select(Agreement)
        .join(Campaign, Campaign.id == Agreement.campaign_id)
        .where(Agreement.secret.is_not(None), Campaign.ended_at < now - AUTHORS_KEPT)
        .limit(1)
    )
    agreement = await session.scalar(chosen)
    if agreement is None:
        return False
    known = select(Alias.id).where(Alias.campaign_id == agreement.campaign_id, Alias.key.is_not(None)).limit(AT_ONCE)
    ids = (await session.scalars(known)).all()
    await session.execute(update(Alias).where(Alias.id.in_(ids)).values(key=None, person=None))
    if len(ids) < AT_ONCE:
        never_shown = Comment.state.in_((CommentState.WAITING, CommentState.REFUSED))
        await session.execute(delete(Comment).where(Comment.campaign_id == agreement.campaign_id, never_shown))
        agreement.secret = None
    return True
