"""What riders ask for in their own words, and the names of stations."""

from __future__ import annotations

import pytest

from storage.stations.amenity_words import asked_for
from storage.stations.stations import Amenity
from storage.stations.texts import Texts


@pytest.mark.parametrize(
    ("text", "amenities"),
    [
        ("哪里有厕所", Amenity.toilet),
        ("附近哪里能充电？", Amenity.charging),
        ("where can I charge", Amenity.charging),
        ("Nearest toilet?", Amenity.toilet),
        ("厕所", Amenity.toilet),
        ("附近有没有能热饭的地方", Amenity.microwave),
        ("哪儿能换电池", Amenity.battery_swap),
        ("where can I get a haircut and water", Amenity.haircut | Amenity.water),
        ("where can I rest?", Amenity.rest),
    ],
)
def test_a_question_names_what_is_needed(text: str, amenities: Amenity) -> None:
    assert asked_for(text) == amenities


@pytest.mark.parametrize(
    "text",
    [
        "你好",
        "Where is my money",
        "平台不给我水电费，哪里可以投诉",
        "我在水利局附近送餐",
        "最近休息不好",
        "the rest of my money, where is it",
        "哪里有律师",
        "附近" + "厕所" * 40,
    ],
)
def test_other_texts_ask_for_nothing(text: str) -> None:
    assert asked_for(text) == 0


def test_a_whole_name_comes_before_parts_and_none_is_found_across_two() -> None:
    names = Texts()
    names.extend(["东风路驿站", "东风路", "Rest Stop"])
    names.extend(["rest stop 2", "路东"])
    names.close()
    assert [names[row] for row in range(5)] == ["东风路驿站", "东风路", "Rest Stop", "rest stop 2", "路东"]
    assert names.named("东风路", 5) == [1]
    assert names.named("东风", 5) == [0, 1]
    assert names.named("REST", 5) == [2, 3] and names.named("rest", 1) == [2]
    assert names.named("站东风", 5) == names.named("", 5) == names.named("\0", 5) == names.named("路东驿", 5) == []
