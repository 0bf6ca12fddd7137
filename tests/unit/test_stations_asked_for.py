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
        ("我想喝水", Amenity.water),
        ("I want to drink water", Amenity.water),
        ("渴死了", Amenity.water),
        ("我要充电", Amenity.charging),
        ("手机没电了", Amenity.charging),
        ("电瓶车没电了", Amenity.battery_swap),
        ("想上厕所", Amenity.toilet),
        ("尿急！", Amenity.toilet),
        ("想用餐", Amenity.meals),
        ("需要急救箱", Amenity.first_aid),
        ("好热啊", Amenity.air_conditioning),
        ("太冷了", Amenity.heating),
        ("I need a toilet", Amenity.toilet),
        ("I’m so thirsty", Amenity.water),
        ("I want to charge my phone", Amenity.charging),
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
        "饿了么",
        "我要投诉充电桩",
        "厕所太脏",
        "好热心",
        "我想找律师",
        "我要加入工会",
        "我想",
        "I need a lawyer",
        "I need my money",
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
