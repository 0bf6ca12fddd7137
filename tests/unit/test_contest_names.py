"""Names of entrants in texts that judges read."""

from __future__ import annotations

import pytest

from handlers.contests.names import names_somebody


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("I like to ride", "Li", False),
        ("By Li, who rides", "Li", True),
        ("BY LI", "Li", True),
        ("An island", "an", True),
        ("Filmed by li_wei99", "Li_Wei99", True),
        ("Filmed by li_wei999", "li_wei99", False),
        ("我是张伟，送餐三年", "张伟", True),
        ("我们的路", "路", False),
        ("Мы едем с Ваней", "Ван", True),
        ("A+ rider", "A+", True),
        ("", "Li", False),
        ("text", "", False),
    ],
)
def test_a_name_is_found_as_a_word_or_anywhere_where_words_are_not_parted(text: str, name: str, expected: bool) -> None:
    assert names_somebody(text, [name]) is expected
