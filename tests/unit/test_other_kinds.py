"""Names of everybody pass; sentences and numbers do not pass for names."""

from __future__ import annotations

import pytest

from bot.config import desks as config_desks
from handlers import features
from handlers.chat.subjects import fitting
from handlers.forms.other_kinds import Kind, is_only_a_number, is_sentence, may_be_sentence, number_in

DESKS = config_desks.desks(
    {key: config_desks.DeskSection.model_validate(desk) for key, desk in config_desks.built_in().items()}
)
SUBJECTS = {
    name: route.subject
    for name, route in features.routes(features.FEATURES, DESKS).commands.items()
    if route.subject is not None
}
NAMES = [
    "李雷",
    "欧阳娜娜",
    "陈方安生",
    "钱多多",
    "要武",
    "么书仪",
    "张扣扣",
    "王了一",
    "阿的江",
    "卓吗",
    "李建议",
    "何不为",
    "吾尔开希",
    "阿卜杜拉·买买提",
    "阿不都卡的尔·他依尔",
    "阿卜杜拉买买提",
    "阿不都热依木",
    "阿不都卡的尔",
    "古丽娜扎尔",
    "那仁朝格图",
    "扎西多吉次仁",
    "孛儿只斤帖木儿",
    "买买提吐尔逊江",
    "O'Brien",
    "Nguyen Van An",
    "Nguyễn Thị My",
    "Do The My",
    "Tran Thi You",
    "He Jie",
    "Law",
    "Ban Ki-moon",
    "Mary-Jane O'Neil Smith Jr.",
    "Will Young",
    "Maria da Silva dos Santos",
    "김민수",
    "علی رضا",
    "བཀྲ་ཤིས་དོན་གྲུབ",
]
PLATFORMS = [
    "饿了么",
    "美团",
    "58同城",
    "UU跑腿",
    "我爱我家",
    "帮我送",
    "Uber Eats",
    "Just Eat",
    "滴滴出行",
    "货拉拉",
    "闪送",
]
SENTENCES = [
    "他们扣了我的钱",
    "我要找律师",
    "钱被扣了",
    "为什么要我的名字",
    "不想写",
    "不知道",
    "我的工资没发",
    "你们是谁",
    "没有",
    "您好",
    "they cut my pay",
    "I want to join",
    "why do you need this?",
    "I don't know",
    "my boss doesn’t pay",
    "how does this work",
    "thank you",
]
ABOUT_SOMETHING = ["扣我钱", "站长拖欠工资", "投诉他们", "找律师", "乱罚款", "he hit me", "cut my pay"]
"""What has one sign of a sentence, and words that lead to a desk."""


@pytest.mark.parametrize("name", NAMES + PLATFORMS)
def test_a_name_is_no_sentence_and_no_number(name: str) -> None:
    assert not is_sentence(name)
    assert not (may_be_sentence(name) and fitting(SUBJECTS, name, 1))
    assert number_in(name) is None and not is_only_a_number(name)


@pytest.mark.parametrize("text", SENTENCES)
def test_a_sentence_is_told_apart(text: str) -> None:
    assert is_sentence(text)


@pytest.mark.parametrize("text", ABOUT_SOMETHING)
def test_few_words_are_a_sentence_if_they_lead_to_a_desk(text: str) -> None:
    assert may_be_sentence(text) and fitting(SUBJECTS, text, 1)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("13800138000", Kind.PHONE),
        ("138 0013 8000", Kind.PHONE),
        ("１３８-００１３-８０００", Kind.PHONE),
        ("+86 138 0013 8000", Kind.PHONE),
        ("008613800138000", Kind.PHONE),
        ("电话：13800138000", Kind.PHONE),
        ("(0534) 2345678", Kind.PHONE),
        ("+84 912 345 678", Kind.PHONE),
        ("370102199001010036", Kind.ID_NUMBER),
        ("370102199001010035", Kind.ID_NUMBER),
        ("110105 19491231 002x", Kind.ID_NUMBER),
        ("身份证１１０１０５１９４９１２３１００２Ｘ", Kind.ID_NUMBER),
        ("370102900101003", Kind.ID_NUMBER),
        ("6222 0212 3456 7890 123", Kind.ID_NUMBER),
        ("护照 E12345678", Kind.ID_NUMBER),
        ("58同城", None),
        ("12345", None),
        ("2026-11-28", None),
        ("20261128", None),
        ("11月28日 19:00", None),
        ("L-2026-000123", None),
        ("8:30-17:30", None),
        ("", None),
    ],
)
def test_the_number_of_a_person_is_known_however_it_is_typed(text: str, kind: Kind | None) -> None:
    assert number_in(text) is kind
