"""Which messages are about a receipt of a secret ballot."""

from __future__ import annotations

import pytest

from storage.campaigns.ballots import receipts


@pytest.mark.parametrize(
    ("text", "found", "is_sure"),
    [
        ("receipt 7kq2m 9xtra", ["7KQ2M9XTRA"], True),
        ("我的回执 7KQ2M9XTRA，在哪里？", ["7KQ2M9XTRA"], True),
        ("receipt ABCDE FGHJK", ["ABCDEFGHJK"], True),
        ("receipt abcde fghjk", ["ABCDEFGHJK"], False),  # one in twenty has no digit
        ("abcde fghjk", ["ABCDEFGHJK"], False),
        ("7KQ2M 9XTRA.", ["7KQ2M9XTRA"], False),
        ("2345678923", ["2345678923"], False),
        ("receipt please", [], False),
        ("the wrong items", [], False),
    ],
)
def test_a_list_decides_about_whatever_may_be_one(text: str, found: list[str], is_sure: bool) -> None:
    assert receipts.meant(text) == found
    assert receipts.is_surely_about_one(text) is is_sure
