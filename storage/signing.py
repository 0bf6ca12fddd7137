"""The organisation's signature: an Ed25519 key (RFC 8032) that is made when it is first needed, and kept sealed.

What it signs are digests of files that the bot makes: whoever has the public key can check that a file came from here,
at the time that it says, and was not changed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.column_types import Sealed
from storage.database import Base, vault_of
from storage.dialects import insert_into

_ONE = 1
_COLUMN = "signing_keys.sealed"


class SigningKey(Base):
    """One row."""

    __tablename__ = "signing_keys"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed: Mapped[bytes] = mapped_column(Sealed)


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature of a file: its digest, when it was signed, with which key, in hexadecimal."""

    sha256: str
    signed_at: str
    public_key: str
    signature: str

    @property
    def text(self) -> bytes:
        """The JSON that goes with the file."""
        return orjson.dumps(self, option=orjson.OPT_INDENT_2)


def message(sha256: str, signed_at: str) -> bytes:
    """What is signed."""
    return f"nuanxin signature 1\n{sha256}\n{signed_at}\n".encode()


async def sign(session: AsyncSession, content: bytes, now: datetime) -> Signature:
    """Signs a file. The session has to be one that writes: the first one makes the key."""
    key = await _key(session)
    digest, at = hashlib.sha256(content).hexdigest(), f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return Signature(digest, at, key.public_key().public_bytes_raw().hex(), key.sign(message(digest, at)).hex())


async def public_key(session: AsyncSession) -> str:
    """In hexadecimal."""
    return (await _key(session)).public_key().public_bytes_raw().hex()


async def _key(session: AsyncSession) -> Ed25519PrivateKey:
    row = await session.get(SigningKey, _ONE)
    if row is None:
        made = Ed25519PrivateKey.generate().private_bytes_raw()
        sealed = vault_of(session).seal(made, _COLUMN, _ONE)
        # Of two that need it for the first time at once, one makes it.
        await session.execute(insert_into(session, SigningKey).values(id=_ONE, sealed=sealed).on_conflict_do_nothing())
        row = await session.get_one(SigningKey, _ONE)
    return Ed25519PrivateKey.from_private_bytes(vault_of(session).open(row.sealed, _COLUMN, _ONE))
