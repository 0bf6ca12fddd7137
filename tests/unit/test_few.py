"""Few people in words: nobody says "＜5 人"."""

from __future__ import annotations

import pytest

from handlers.i18n.few import figure_words, with_count
from handlers.i18n.translations import translator
from storage.disclosure import HIDDEN


@pytest.mark.parametrize(
    ("text", "few", "many"),
    [
        ("✔ Send to {n}", "✔ 发给不足 5 人", "✔ 发给 12 人"),
        ("{n} will be retried.", "将给不足 5 人重发。", "将给 12 人重发。"),
        ("delivered: {n}", "已送达：不足 5", "已送达：12"),
    ],
)
def test_few_people_are_said_as_people_say_it(text: str, few: str, many: str) -> None:
    said = translator("zh_Hans")(text)
    assert with_count(said, "zh_Hans", 4) == few
    assert with_count(said, "zh_Hans", 12) == many


def test_a_hidden_figure_is_a_sign_in_english_and_words_in_chinese() -> None:
    assert figure_words(HIDDEN, "en") == "<5"
    assert figure_words(HIDDEN, "zh_Hans") == "不足 5"
    assert figure_words(1240, "en") == "1,240"
