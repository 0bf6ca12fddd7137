"""Aliases of those who comment: the same for all comments of one person in one campaign, another one in the next.

The label (A7) is drawn by chance from those that are free, so neither it nor its place in any order says who came when.
Whoever has the database without its keys can't tell whose an alias is, nor which backings are of the same person as a
row elsewhere: the digest is keyed by a secret that is sealed.
"""

from __future__ import annotations

import hmac
import secrets

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import sealed_columns
from storage.campaigns.agreements.table import Agreement, Alias
from storage.campaigns.ids import CampaignId
from storage.database import vault_of
from storage.dialects import add_new
from storage.sealed_columns import identity
from storage.telegram_ids import PersonId

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without those that look like a digit."""
_SIZES = (9, 99, 999, 99_999)


async def agreement_of(session: AsyncSession, campaign_id: CampaignId) -> Agreement:
    """The agreement of a campaign, locked until the transaction ends; it begins with the first call."""
    row = await session.get(Agreement, campaign_id, with_for_update=True, populate_existing=True)
    if row is None:
        sealed = vault_of(session).seal(secrets.token_bytes(32), "agreements.secret", identity(campaign_id))
        await add_new(session, Agreement, campaign_id=campaign_id, secret=sealed)
        row = await session.get_one(Agreement, campaign_id, with_for_update=True, populate_existing=True)
    return row


def key_of(session: AsyncSession, agreement: Agreement | None, person_id: PersonId) -> bytes | None:
    """The digest of a person in this campaign; None once its secret is gone."""
    if agreement is None or agreement.secret is None:
        return None
    secret = sealed_columns.opened(session, agreement, Agreement.secret)
    return hmac.digest(secret, str(person_id).encode(), "sha256")[:16]


async def find(session: AsyncSession, campaign_id: CampaignId, person_id: PersonId) -> Alias | None:
    """The alias of a person who has commented."""
    key = key_of(session, await session.get(Agreement, campaign_id), person_id)
    return None if key is None else await _by_key(session, campaign_id, key)


async def give(session: AsyncSession, campaign_id: CampaignId, person_id: PersonId) -> Alias:
    """The same; a new one with the first comment."""
    key = key_of(session, await agreement_of(session, campaign_id), person_id)
    assert key is not None, "its phase is open, so its secret is there"
    row = await _by_key(session, campaign_id, key)
    if row is None:
        row = Alias(campaign_id=campaign_id, key=key, label=await _free_label(session, campaign_id))
        session.add(row)
        await session.flush()
        sealed_columns.seal(session, row, Alias.person, str(person_id).encode())
    return row


def person_of(session: AsyncSession, alias: Alias | None) -> PersonId | None:
    """Who it is; None once that is forgotten."""
    if alias is None or alias.person is None:
        return None
    return PersonId(int(sealed_columns.opened(session, alias, Alias.person)))


async def _by_key(session: AsyncSession, campaign_id: CampaignId, key: bytes) -> Alias | None:
    return await session.scalar(select(Alias).where(Alias.campaign_id == campaign_id, Alias.key == key))


async def _free_label(session: AsyncSession, campaign_id: CampaignId) -> str:
    """Of so many that more than half are free."""
    taken = await session.scalar(select(func.count()).select_from(Alias).where(Alias.campaign_id == campaign_id)) or 0
    size = next(size for size in _SIZES if taken < size * len(_LETTERS) // 2)
    while True:
        label = secrets.choice(_LETTERS) + str(1 + secrets.randbelow(size))
        is_taken = select(Alias.id).where(Alias.campaign_id == campaign_id, Alias.label == label)
        if await session.scalar(is_taken) is None:
            return label
