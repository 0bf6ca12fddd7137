"""Cutting an agreement into clauses, as lawyers of both languages write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.campaigns.agreements.splitting import (
    LONGEST_CLAUSE,
    LONGEST_TEXT,
    MOST_CLAUSES,
    Fault,
    NotAnAgreement,
    count_of,
    split,
)

CHINESE = """外卖配送集体合同（草案）
为保障骑手权益，根据工会法制定。

第一章 总则
第一条 本合同适用于德州市。
第二条 【休息】骑手每连续接单四小时，可休息二十分钟。
平台不得因此扣分。
第三条　高温
高温天每单补贴一元。
第二条规定的休息照常。
1. 三十五度
2. 四十度
第二章 附则
第四条 本合同有效期一年。
"""
ENGLISH = """# Agreement
Between the union and the platform.
## Article 1 Rest breaks
Riders may rest.
As in
Article 1, they are paid.
## Article 2: Heat
On hot days:
1. water
2. shade
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            CHINESE,
            [
                ("", "", "外卖配送集体合同（草案）\n为保障骑手权益，根据工会法制定。"),
                ("第一条", "", "本合同适用于德州市。"),
                ("第二条", "休息", "骑手每连续接单四小时，可休息二十分钟。\n平台不得因此扣分。"),
                ("第三条", "高温", "高温天每单补贴一元。\n第二条规定的休息照常。\n1. 三十五度\n2. 四十度"),
                ("第四条", "", "本合同有效期一年。"),
            ],
        ),
        (
            ENGLISH,
            [
                ("", "", "Agreement\nBetween the union and the platform."),
                ("Article 1", "Rest breaks", "Riders may rest.\nAs in\nArticle 1, they are paid."),
                ("Article 2", "Heat", "On hot days:\n1. water\n2. shade"),
            ],
        ),
        (
            "§ 1 Rest\nRiders rest.\n§ 2 Heat\nRiders stop.",
            [("§ 1", "Rest", "Riders rest."), ("§ 2", "Heat", "Riders stop.")],
        ),
        (
            "1. Rest breaks\nRiders may rest.\n1.1 For 20 minutes.\n2. Heat. Riders stop at 40.\n1. within\n3) Pay",
            [
                ("1", "Rest breaks", "Riders may rest.\n1.1 For 20 minutes."),
                ("2", "", "Heat. Riders stop at 40.\n1. within"),
                ("3", "", "Pay"),
            ],
        ),
        (
            "一、休息\n骑手可以休息。\n1. 每天\n2. 每夜\n二、高温\n补贴。",
            [("一", "休息", "骑手可以休息。\n1. 每天\n2. 每夜"), ("二", "高温", "补贴。")],
        ),
        (
            "# Talks\n\n## Rest\ntext\n\n## 2. Heat\n**bold** text\n### sub\nmore",
            [("", "", "Talks"), ("", "Rest", "text"), ("2", "Heat", "bold text\nsub\nmore")],
        ),
        ("第1条 一\n第２条 二\n第 十 条 三", [("第1条", "", "一"), ("第2条", "", "二"), ("第 十 条", "", "三")]),
        ("Just one thing.\n\nAnd another.", [("", "", "Just one thing."), ("", "", "And another.")]),
        ("1. alone", [("", "", "1. alone")]),
    ],
)
def test_where_clauses_begin(text: str, expected: list[tuple[str, str, str]]) -> None:
    found = [(one.number.replace("２", "2"), one.heading, one.text) for one in split(text)]
    assert found == expected


def test_a_chapter_stands_above_its_clauses() -> None:
    assert [one.chapter for one in split(CHINESE)] == ["", "第一章 总则", "第一章 总则", "第一章 总则", "第二章 附则"]


def test_a_long_clause_is_cut_where_a_sentence_ends() -> None:
    sentence = "骑手有权休息。"
    first, second, *others = split(f"第一条 {sentence * 300}\n第二条 完")[0:3]
    assert (first.part, first.parts, second.part, second.parts) == (1, 2, 2, 2)
    assert first.text.endswith("。") and len(first.text) <= LONGEST_CLAUSE
    assert first.text + second.text == sentence * 300 and others[0].number == "第二条"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", Fault.EMPTY),
        (" \n\u200b\n", Fault.EMPTY),
        ("x" * (LONGEST_TEXT + 1), Fault.TOO_LONG),
        ("\n".join(f"Article {n} x" for n in range(1, MOST_CLAUSES + 2)), Fault.TOO_MANY),
    ],
)
def test_what_is_no_agreement(text: str, fault: Fault) -> None:
    with pytest.raises(NotAnAgreement) as refused:
        split(text)
    assert refused.value.fault is fault


@pytest.mark.parametrize(
    ("number", "count"),
    [
        ("第一条", 1),
        ("第十条", 10),
        ("第十二条", 12),
        ("第二十条", 20),
        ("第一百零三条", 103),
        ("第两百条", 200),
        ("第一百二十三条", 123),
        ("第１２条", 12),
        ("Article 7", 7),
        ("§ 12", 12),
        ("二〇", 20),
        ("Preamble", None),
    ],
)
def test_numbers_of_clauses(number: str, count: int | None) -> None:
    assert count_of(number) == count


@given(st.lists(st.text(alphabet="第一二三条Article 12.、#。\n甲", max_size=60), max_size=40))
def test_no_text_is_lost_and_no_clause_is_too_long(lines: list[str]) -> None:
    text = "\n".join(lines)
    try:
        found = split(text)
    except NotAnAgreement:
        return
    assert all(0 < len(one.text) <= LONGEST_CLAUSE for one in found)
    kept = "".join(one.number + one.heading + one.text for one in found)
    assert kept.count("甲") >= text.count("甲") and set(kept) <= set(text) | {" "}
