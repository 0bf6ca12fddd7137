"""Words of danger: which messages ring, and which everyday ones must not."""

from __future__ import annotations

import time
import tomllib
from pathlib import Path

import pytest

from storage.emergency import danger, emergency_numbers

FILE = Path(__file__).parents[2] / "storage/emergency/danger_words.toml"

RINGS = [
    "我真的撑不下去了",
    "活着没意思",
    "活着真没意思",
    "想不开",
    "我不想活了",
    "不想活着了",
    "真的活不下去了",
    "自杀",
    "我想自杀",
    "轻生",
    "跳楼",
    "我要跳楼",
    "结束生命",
    "想结束自己的生命",
    "割腕",
    "想死",
    "我好想死",
    "去死算了",
    "死了算了",
    "生不如死",
    "活着有什么意思",
    "我活够了",
    "没有活下去的勇气",
    "想从楼上跳楼",
    "想一了百了",
    "我想离开这个世界",
    "遗书写好了",
    "喝农药",
    "自残",
    "没有我会更好",
    "再也不想醒来",
    "上个月也想过自我了断",
    "人生没意思，生无可恋",
    "活著沒意思",
    "我想不開",
    "我想自殺",
    "輕生",
    "跳樓",
    "結束生命",
    "沒有活下去的勇氣",
    "離開這個世界",
    "生無可戀",
    "不 想 活 了",
    "不。想。活。了",
    "不想\n活了",
    "不\u200b想活了",
    "我…不…想…活…了!!!",
    "suicide",
    "I think about suicide.",
    "I feel suicidal",
    "no reason to live",
    "There is NO reason to live",
    "I will kill myself",
    "kill  myself",
    "KILL MYSELF",
    "ｋｉｌｌ　ｍｙｓｅｌｆ",
    "kill-myself",
    "kill\nmyself",
    "I want to die",
    "i wanna die",
    "end it all",
    "I'd be better off dead",
    "I don't want to live",
    "don't want to live in this world",
    "I don’t want to live",
    "i dont want to live",
    "I wish I was dead",
    "nothing to live for",
    "I hurt myself on purpose",
    "self-harm",
    "self harm",
    "my will to end my life",
    "They cut my pay again, I want to kill myself",
    "我想kill myself",
    "真的suicide了",
    "累死了，不想活了",
    "想死你了，可是我真的想死",
    "笑死，哈哈，不，我想自杀",
    "跳楼价？我想跳楼",
    "年轻生命……我想轻生",
    "This is killing me. I want to die.",
    "dead tired, better off dead",
    "career suicide? no, suicide",
    "去死吧，我去死",
    "I want to die laughing, or just want to die",
]
SILENT = [
    "累死了",
    "今天累死我了",
    "笑死",
    "笑死我了",
    "饿死了",
    "热死了",
    "冷死了",
    "气死我了",
    "急死了",
    "吓死我了",
    "困死了",
    "烦死了",
    "想死你了",
    "想死你们了",
    "可想死我了",
    "想死家里的饭了",
    "忙得要死",
    "堵死了",
    "电瓶没电了，车死在路上",
    "死机了",
    "手机想死机",
    "平台去死吧",
    "跳楼价甩卖",
    "楼下跳楼大甩卖",
    "去坐跳楼机",
    "年轻生活",
    "年轻生意人",
    "请各自尽快取餐",
    "亲自尽力",
    "不想活动了",
    "来自残联的通知",
    "自杀式袭击的电影",
    "让我死心吧",
    "联想死机了",
    "这单不如死磕到底",
    "晚上吊车来了",
    "来自伤者家属",
    "要求死亡赔偿金",
    "过得没意思",
    "这活没意思",
    "今天的活够了",
    "想不到开门了",
    "一单都没有，没法干活",
    "跑得快没命了",
    "电梯坏了，爬楼",
    "我想跳槽",
    "想死妳了",
    "跳樓價",
    "年輕生活",
    "这家店快撑不下去了",
    "手机电量撑不下去",
    "this is killing me",
    "This traffic is KILLING me",
    "dying to see you",
    "dead tired",
    "my phone died",
    "dead battery",
    "I died laughing",
    "I want to die laughing",
    "killing time",
    "I'd rather die than eat that",
    "suicide squad is on tonight",
    "career suicide",
    "I hurt myself at work",
    "I hurt myself when the box fell",
    "don't want to live in Dezhou",
    "drop dead gorgeous",
    "deadline",
    "to die for",
    "the skill myself",
    "end of life battery",
    "how does it all end",
    "I cut my hand",
    "overworked",
    "hello",
    "",
    "👍",
    "12351",
    "Where is the nearest station?",
]


@pytest.mark.parametrize("text", RINGS)
def test_words_of_danger_ring(text: str) -> None:
    assert danger.dangers().ring(text)
    assert danger.dangers().ring(f"你好，{text}。谢谢, thanks")


@pytest.mark.parametrize("text", SILENT)
def test_everyday_phrases_do_not_ring(text: str) -> None:
    assert not danger.dangers().ring(text)


def test_an_organisation_adds_words_of_its_own() -> None:
    assert danger.dangers(("走了算了", "")).ring("我走了 算了")
    assert not danger.dangers().ring("我走了 算了")


def test_every_line_of_the_file_counts_and_stands_once() -> None:
    data = tomllib.loads(FILE.read_text("utf-8"))
    for language in danger.LANGUAGES:
        lists = data[language]
        for name in ("danger", "everyday"):
            read = [tuple(danger.tokens(phrase)) for phrase in lists[name]]
            assert all(read) and len(set(read)) == len(read), name
        assert all(danger.dangers().ring(phrase) for phrase in lists["danger"])
        assert not any(danger.dangers().ring(phrase) for phrase in lists["everyday"])


@pytest.mark.parametrize("piece", ["想死你", "不想", "活着没", "rather die than ", "i want to ", "\u200b", "a", "'"])
def test_the_cost_grows_with_the_length_and_no_faster(piece: str) -> None:
    """Ten times the text takes at most thirty times the time; were each word held against each, it took a hundred."""

    def seconds(text: str) -> float:
        begun = time.process_time()
        assert not danger.dangers().ring(text)
        return time.process_time() - begun

    short, long = piece * 2_000, piece * 20_000
    assert min(seconds(long) for _ in range(3)) < 30 * max(min(seconds(short) for _ in range(3)), 0.001)


def test_whom_to_call_by_country() -> None:
    assert [one.number for one in emergency_numbers.of_country("cn")] == ["120", "110", "12356"]
    assert [one.number for one in emergency_numbers.of_country("ZZ")] == ["112"]
    countries = ("CN", "HK", "TW", "SG", "US", "GB", "DE", "ZZ")
    assert all(
        set(one.words) == {"zh_Hans", "en"} for country in countries for one in emergency_numbers.of_country(country)
    )
