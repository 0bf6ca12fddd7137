"""What somebody writes unasked, and the commands that are offered for it."""

from __future__ import annotations

import pytest

from bot.config import desks as config_desks
from handlers import features
from handlers.chat.subjects import Subject, fitting
from handlers.i18n.translations import LANGUAGES

DESKS = config_desks.desks(
    {key: config_desks.DeskSection.model_validate(desk) for key, desk in config_desks.built_in().items()}
)
SUBJECTS = {
    name: route.subject
    for name, route in features.routes(features.FEATURES, DESKS).commands.items()
    if route.subject is not None
}


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("我想打篮球", "activities"),
        ("这周有什么活动？", "activities"),
        ("is there a Basketball match on Saturday?", "activities"),
        ("怎么入会", "join"),
        ("I want to JOIN the union", "join"),
        ("退会", "leave"),
        ("找律师", "legal"),
        ("平台扣了我三百块工资", "legal"),
        ("they cut my pay", "legal"),
        ("I’m banned", "legal"),
        ("最近压力大，睡不着", "care"),
        ("I can’t sleep", "care"),
        ("孩子学费交不上", "aid"),
        ("I can't pay the rent", "aid"),
        ("我要投诉派单", "suggestion"),
        ("会员卡", "my"),
        ("where is my card", "my"),
        ("你们存了我哪些个人信息", "privacy"),
        ("delete my data", "privacy"),
        ("有英文吗", "language"),
        ("热线是多少", "help"),
        ("你们的电话是多少？", "help"),
        ("what can you do", "help"),
        ("打球", "activities"),
        ("周末有人下棋吗", "activities"),
        ("any movies this week?", "activities"),
        ("差评", "suggestion"),
        ("顾客恶意差评，还扣分", "suggestion"),
        ("保安不让进小区", "suggestion"),
        ("another bad review", "suggestion"),
        ("站长拖欠我们两个月", "legal"),
        ("乱扣钱", "legal"),
        ("又被罚款了", "legal"),
        ("号被封了", "legal"),
        ("送餐路上被撞了", "legal"),
        ("我摔倒了，算工伤吗", "legal"),
        ("押金不退", "legal"),
        ("站点把我开除了", "legal"),
        ("I got a fine", "legal"),
        ("they haven't paid me", "legal"),
        ("why did they take my money", "legal"),
        ("a car hit me", "legal"),
        ("my account is blocked", "legal"),
        ("被顾客骂了", "care"),
        ("心累", "care"),
        ("快撑不住了", "care"),
        ("a customer yelled at me", "care"),
        ("交不起房租", "aid"),
        ("家里困难", "aid"),
        ("someone stole my scooter", "aid"),
        ("不想当会员了", "leave"),
        ("取消报名", "my"),
        ("不要提醒我了", "my"),
        ("删除我的信息", "privacy"),
    ],
)
def test_the_command_that_fits_is_among_those_offered(text: str, command: str) -> None:
    assert command in fitting(SUBJECTS, text, 3)


@pytest.mark.parametrize(
    "text",
    [
        "你好",
        "hello",
        "谢谢",
        "今天天气不错",
        "pays",
        "rental",
        "1",
        "👍",
        "东风路",
        "累死了",
        "我的车停在门口",
        "顾客不接电话",
        "联系不上顾客",
        "谢谢提醒",
        "谢谢通知",
        "轮胎压力不够",
        "前面的路被封了",
        "积累了经验",
        "车有毛病了",
        "这里停车困难",
        "订单编号是 12",
        "I'm fine, thanks",
        "of course",
        "running late",
        "that doesn't match",
        "my phone is broken",
        "poor signal here",
        "the app crashed",
        "no mobile data",
        "meet me at the court",
        "thanks for the reminder",
        "my bank card",
    ],
)
def test_nothing_is_offered_for_what_is_about_nothing(text: str) -> None:
    assert fitting(SUBJECTS, text, 3) == []


def test_what_more_of_the_text_speaks_for_comes_first() -> None:
    subjects = {"one": Subject("One", {"en": "card"}), "two": Subject("Two", {"en": "card, member card"})}
    assert fitting(subjects, "my member card", 3) == ["two", "one"]
    assert fitting(subjects, "my member card", 1) == ["two"]


def test_each_subject_has_words_in_every_language() -> None:
    assert [name for name, subject in SUBJECTS.items() if not set(LANGUAGES) <= set(subject.keywords)] == []
