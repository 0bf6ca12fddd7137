"""Certificates: a secret in the QR code finds the entry, and says what it reached."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import keys
from storage.contests import entries
from storage.contests.entries import Entry, EntryState
from storage.database import vault_of
from storage.encryption import Vault

_COLUMN = "contest_entries.certificate"


def _indexes(vault: Vault, stored: bytes) -> Mapping[str, bytes | None]:
    secret = entries.JSON.decode(stored).certificate
    return {"certificate_index": vault.blind(secret, _COLUMN) if secret else None}


keys.REINDEXED["contest_entries.content"] = _indexes


def issue(session: AsyncSession, row: Entry) -> None:
    """Makes a certificate for an entry that has none."""
    content = entries.content_of(session, row)
    if not content.certificate:
        secret = secrets.token_urlsafe(16)
        entries.keep(session, row, replace(content, certificate=secret))
        row.certificate_index = vault_of(session).blind(secret, _COLUMN)


def secret_of(session: AsyncSession, row: Entry) -> str:
    """Empty if it has none."""
    return "" if row.content is None else entries.content_of(session, row).certificate


async def find(session: AsyncSession, secret: str) -> Entry | None:
    """The entry that a certificate was made for. The index only finds it: it can be copied to another row, the secret
    that is sealed there can't."""
    known = vault_of(session).blinds(secret, _COLUMN)
    rows = (await session.scalars(select(Entry).where(Entry.certificate_index.in_(known)))).all()
    return next((row for row in rows if row.state is EntryState.SHOWN and secret_of(session, row) == secret), None)
