"""Making a draw: a seed whose SHA-256 is announced at the opening, a list whose SHA-256 is announced at the close, and
the order that follows from both.

Whoever runs the server could know the seed from the beginning. Which order it makes depends on the whole list, so
nobody else can tell what a ticket is worth; what that leaves open is in docs/decisions/0044.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from storage.draws import verify

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without signs that are taken for another: 0 and O, 1, I and L, U and V."""
_CODE_LENGTH = 8
_SEED_BYTES = 32


class Ticket(NamedTuple):
    """`code` tells its holder that it is theirs; `size` is how many places it needs."""

    number: int
    code: str
    size: int = 1


def new_seed() -> bytes:
    return secrets.token_bytes(_SEED_BYTES)


def new_code() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH))


def commitment(seed: bytes) -> str:
    """What is announced at the opening."""
    return hashlib.sha256(seed).hexdigest()


def closed(of: str, places: int, tickets: Iterable[Ticket], committed: str) -> bytes:
    """What is drawn from: fixed at the close, before the seed is told. Its SHA-256 is announced then."""
    listed = [f"{one.number} {one.code} {one.size}" for one in sorted(tickets)]
    return verify.canonical({"commitment": committed, "of": of, "places": places, "tickets": listed})


def sha256(closed_list: bytes) -> str:
    """What is announced at the close."""
    return hashlib.sha256(closed_list).hexdigest()


def published(closed_list: bytes, seed: bytes) -> bytes:
    """The file with which anybody repeats the draw."""
    content = json.loads(closed_list)
    announced = sha256(closed_list)
    draw = {
        "closed": content,
        "closed_sha256": announced,
        "drawn": verify.in_drawn_order(seed.hex(), announced, verify.sizes_of(content["tickets"])),
        "format": verify.FORMAT,
        "seed": seed.hex(),
    }
    return verify.canonical({**draw, "sha256": verify.digest(draw)})


@dataclass(frozen=True, slots=True)
class Drawn:
    """A draw that was made: ticket numbers in their order, the first `placed` of them with places."""

    order: Sequence[int]
    placed: int
    places: int
    seed: str
    commitment: str
    closed_sha256: str

    def position(self, number: int) -> int:
        """On the waiting list, 1 for the first; 0 or less for a ticket with a place."""
        return self.order.index(number) + 1 - self.placed


def read(content: bytes) -> Drawn:
    """The draw in a file that `published` made."""
    draw = verify.verify(content)
    of = draw["closed"]
    return Drawn(
        draw["drawn"], verify.placed_of(draw), of["places"], draw["seed"], of["commitment"], draw["closed_sha256"]
    )
