"""The places of the published list: every receipt is found, and stands among others."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from handlers.campaigns.ballots.receipt_places import SHOWN_AT_ONCE, Place
from storage.campaigns.ballots.publishing import Result
from storage.campaigns.ballots.receipts import ALPHABET, LENGTH
from tests.support.ballots import terms, trustees

EMPTY = Result(terms(trustees(2, 2).key), 20, 5, (5, 0, 0), 0, (), True, 2, (), "")


def listing(count: int, seed: int) -> Result:
    chance = random.Random(seed)
    found = {"".join(chance.choices(ALPHABET, k=LENGTH)) for _ in range(count)}
    return replace(EMPTY, votes=tuple(f"{receipt} 1" for receipt in sorted(found)))


@pytest.mark.parametrize("count", [0, 5, 40, 41, 60, 200, 1_000, 5_000, 30_000])
def test_every_receipt_stands_in_one_place_among_others(count: int) -> None:
    found = listing(count, count)
    leaves, waiting = list[Place](), [Place()]
    while waiting:
        place = waiting.pop()
        parts = place.parts(found)
        assert len(parts) <= len(ALPHABET) and len(parts) != 1
        waiting += parts
        leaves += [] if parts else [place]
    seen = [vote for place in leaves for vote in place.votes_in(found)]
    assert sorted(seen) == list(found.votes)
    sizes = [len(place.votes_in(found)) for place in leaves]
    assert max(sizes) <= SHOWN_AT_ONCE + 5
    assert count <= SHOWN_AT_ONCE or min(sizes) >= 5
    for vote in found.votes[:: max(1, count // 50)]:
        place = Place().narrowed(found, vote[:LENGTH])
        assert vote in place.votes_in(found) and place in leaves
        assert Place.read(place.text) == place and len(place.text) <= LENGTH + 2


def test_what_stands_on_a_button() -> None:
    assert Place.read("") == Place() and Place("4", "A", "F").label == "4A – 4F"
    assert Place.read("4") == Place("", "4", "4") and Place("", "4", "4").label == "4"
    assert Place.read("4A-F") == Place("4", "A", "F")
    for text in ("O", "4-", "-4", "4a", "4A-F-G", "2" * 11):
        assert Place.read(text) is None
