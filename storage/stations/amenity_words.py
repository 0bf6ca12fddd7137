"""What a station offers, in the words of people's lists."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache

from storage.stations.stations import WHO_MAY_USE, Amenity

_WORDS: Mapping[Amenity, str] = {
    Amenity.rest: "resting seat seats seating lounge 休息 歇脚 座椅 座位 桌椅 沙发 休憩 小憩",
    Amenity.water: "drinkingwater hotwater waterdispenser tea "
    "水 饮水 饮用水 热水 开水 饮水机 直饮水 喝水 茶水 热饮水 温水 冷热水",
    Amenity.ice: "icecubes freezer fridge refrigerator 冰 冰块 冰箱 冰柜 冰水 冷藏",
    Amenity.medicine: "medicines drugs "
    "药 药品 常用药 应急药 应急药品 常备药 常用药品 药箱 医药箱 防暑药品 防暑降温药品",
    Amenity.first_aid: "firstaidkit aed 急救 急救箱 急救包 急救药箱 应急救护 除颤仪",
    Amenity.microwave: "microwaveoven 微波炉 热饭 加热 加热饭菜 热餐 饭菜加热",
    Amenity.charging: "charge charger phonecharging powerbank socket "
    "充电 手机充电 充电宝 充电器 共享充电宝 插座 充电插座",
    Amenity.battery_swap: "batteryswapping batteryexchange 换电 换电柜 换电池 电池更换 电动车换电",
    Amenity.toilet: "toilets wc restroom restrooms bathroom washroom lavatory 厕所 卫生间 洗手间 公厕 公共厕所 如厕",
    Amenity.shower: "showers 淋浴 洗澡 沐浴 淋浴间 浴室",
    Amenity.laundry: "washingmachine 洗衣 洗衣机 洗衣房 烘干",
    Amenity.air_conditioning: "ac a/c aircon airconditioner aircondition cooling 空调 冷气 避暑 纳凉 制冷 降温",
    Amenity.heating: "heater heat 暖气 取暖 供暖 采暖 暖风 取暖器",
    Amenity.wifi: "wlan internet wirelessinternet 无线 无线网 无线网络 网络 上网 无线上网 无线wifi wifi网络",
    Amenity.reading: "books library newspapers 阅读 图书 书报 书刊 报刊 读书 书籍 图书角 书架 报纸 图书阅览 阅览",
    Amenity.parking: "carpark bikeparking 停车 停车位 停车场 车位 电动车停放",
    Amenity.repair_tools: "tools repairtool repair pump toolbox "
    "修车 维修工具 修车工具 工具 工具箱 修理工具 打气筒 充气 维修",
    Amenity.haircut: "haircuts hairdresser barber 理发 剪发 美发 理发店",
    Amenity.meals: "meal food canteen lunch 就餐 用餐 餐饮 餐食 食堂 便餐 爱心餐 盒饭 吃饭",
    Amenity.legal_help: "legal legalaid legaladvice lawyer 法律 法律咨询 法律援助 法律帮助 法律求助 律师",
    Amenity.counselling: "counseling psychologist counsellor 心理 心理咨询 心理疏导 心理辅导 心理关爱",
    Amenity.union_signup: "unionsignup joinunion jointheunion joiningtheunion 入会 加入工会 工会入会 入会登记 入会咨询",
    Amenity.donations: "donation 捐赠 捐助 爱心捐赠 捐赠箱 旧衣捐赠 旧衣回收",
    Amenity.wheelchair: "wheelchairaccess wheelchairaccessible stepfree 无障碍 无障碍通道 轮椅 轮椅通道 轮椅坡道 "
    "无障碍厕所 无障碍卫生间 无障碍设施",
    Amenity.women: "womensroom womenonly forwomen 女性专用 女性专用间 女厕 女厕所 女卫生间 女士休息室 女性休息室 "
    "女职工休息室 女职工之家",
    Amenity.baby_care: "babycareroom babychanging changingtable nursingroom 母婴室 母婴 哺乳室 爱心妈妈小屋 妈咪小屋 "
    "母婴护理 尿布台",
    Amenity.fee: "paid feerequired 收费 付费 有偿",
    Amenity.customers_only: "customers customersonly 仅限顾客 限顾客 顾客专用 仅顾客 仅限消费顾客",
}
_ASKS = re.compile(
    "哪|附近|最近的|离我最近|周围|周边|旁边|这边|怎么找|找个|找一|想找|有没有|有吗|能不能|可以吗|吗[?？]?$"
    r"|\b(?:where|near|nearest|closest|nearby|around|find|looking for|is there|any)\b",
    re.IGNORECASE,
)
"""How people ask where something is."""
_LONGEST_QUESTION = 60
_LATIN = re.compile(r"[a-z]+")
_VERBS: Mapping[Amenity, str] = {
    Amenity.rest: "坐一会 坐会儿 歇会儿 歇一会 睡一会 nap sit",
    Amenity.water: "有水 接水 打水 drink drinkwater drinksomewater thirsty",
    Amenity.charging: "充手机 充个电 plug",
    Amenity.battery_swap: "换个电池 swap",
    Amenity.medicine: "有药 买药",
    Amenity.toilet: "上厕所 方便一下 尿尿 loo pee",
    Amenity.meals: "吃东西 eat",
    Amenity.microwave: "热一下饭 热个饭",
    Amenity.parking: "停电动车 停一下车 park",
    Amenity.haircut: "剃头",
}
"""What people want to do there, beside the words of lists."""
_STATES: Mapping[Amenity, str] = {
    Amenity.rest: "困 犯困 sleepy",
    Amenity.water: "渴 口渴 嘴渴",
    Amenity.charging: "充电桩 充电柜 没电 手机没电 手机快没电 phoneisdead phonebatteryisdead chargemyphone",
    Amenity.battery_swap: "车没电 车快没电 电动车没电 电瓶没电 电瓶车没电",
    Amenity.toilet: "尿急 内急 憋不住 peebadly",
    Amenity.meals: "饿 肚子饿 hungry",
    Amenity.air_conditioning: "热 凉快 凉快凉快 hot",
    Amenity.heating: "冷 冻 暖和 暖和暖和 cold freezing",
}
"""How people are who need it: of a whole text only, for most of these are part of other words."""
_WISHES = re.compile(
    "(?:我们?|俺|咱)?(?:现在|实在|真的?|好|很|太|急|急着|就|快|有点|都)*"
    "(?:想要?|要|需要|得)?(?:去|用|找)?(?:个|点|些|一下)?"
    r"|(?:(?:i|we|i'm|i am|my|it's)\s+)?(?:(?:so|very|really|just)\s+)*(?:(?:need|want|have|would like|must)\s+)?"
    r"(?:to\s+)?(?:(?:go to|use|get|have|take)\s+)?(?:(?:a|an|the|some|my)\s+)?"
)
"""What comes before the word in "我想喝水" and "I need a toilet"."""
_AT_THE_END = re.compile("(?:死我?)?[了啊呀呢吧哦啦]*$")
_NOT_OF_PLACES = Amenity.legal_help | Amenity.counselling | Amenity.union_signup | WHO_MAY_USE
"""For these riders have better ways than a station: the desks, and /join; or nobody looks for them."""
_AROUND = re.compile(r"(?:免费|提供|可以|可|有|free)?(.*?)(?:服务|设施|设备|区域|区|处|点|等)?")
_BESIDE = re.compile(r"[\s_.\-]+")
_BETWEEN = (
    re.compile(r"[;；\n|｜、]"),
    re.compile(r"[,，/／+&]"),
    re.compile(r"[和及与或。]|\band\b", re.IGNORECASE),
    re.compile(r"\s+"),
)


def _by_word() -> Iterator[tuple[str, Amenity]]:
    for amenity in Amenity:
        yield (amenity.name or "").replace("_", ""), amenity
        yield from ((word, amenity) for word in _WORDS[amenity].split())


_BY_WORD = dict(_by_word())


class UnknownAmenity(ValueError):
    """Something that no station of ours offers; the text is what was written."""


@lru_cache(maxsize=4_096)
def read_amenities(text: str) -> Amenity:
    """What a list in words names, in Chinese or English, with any usual sign in between.

    Raises:
        UnknownAmenity: see the class.
    """
    return _read(text, 0)


def _read(text: str, level: int) -> Amenity:
    """A whole is looked up before it is taken apart, for "first aid" is one thing and "water charging" two."""
    text = text.strip()
    if not text:
        return Amenity(0)
    found = _named(text)
    if found is not None:
        return found
    for at in range(level, len(_BETWEEN)):
        parts = _BETWEEN[at].split(text)
        if len(parts) > 1:
            offered = Amenity(0)
            for part in parts:
                offered |= _read(part, at + 1)
            return offered
    raise UnknownAmenity(text)


def _named(text: str) -> Amenity | None:
    word = _BESIDE.sub("", unicodedata.normalize("NFKC", text).casefold())
    found = _BY_WORD.get(word)
    if found is None and (bare := _AROUND.fullmatch(word)) is not None:
        found = _BY_WORD.get(bare[1])
    return found


def asked_for(text: str) -> Amenity:
    """What is asked for in "哪里有厕所", "where can I charge" or just "厕所"; nothing for any other text."""
    if len(text) > _LONGEST_QUESTION:
        return Amenity(0)
    plain = unicodedata.normalize("NFKC", text).casefold().strip(" ?!。.,~")
    if not _ASKS.search(plain):
        return _wished(plain)
    words = _LATIN.findall(plain)
    latin = {*words, *map("".join, itertools.pairwise(words))}
    if {"therest", "restof"} & latin:
        latin.discard("rest")
    found = Amenity(0)
    for word, amenity in _IN_QUESTIONS.items():
        if word in (latin if word.isascii() else plain):
            found |= amenity
    return found


def _wished(plain: str) -> Amenity:
    """What the text as a whole names, alone or as a wish: "厕所", "我想喝水", "渴死了", "I need a toilet"."""
    plain = _AT_THE_END.sub("", plain.replace("’", "'"))
    for at in range(len(plain)):
        if _WISHES.fullmatch(plain, 0, at) is None:
            continue
        word = plain[at:]
        found = _named(word) or _SAID_ALONE.get(_BESIDE.sub("", word))
        if found is not None and not found & _NOT_OF_PLACES:
            return found
    return Amenity(0)


def _in_questions() -> Iterator[tuple[str, Amenity]]:
    """Chinese words of one character are part of too many others."""
    for amenity, words in _VERBS.items():
        yield from ((word, amenity) for word in words.split())
    for word, amenity in _BY_WORD.items():
        if (word.isascii() or len(word) > 1) and not amenity & _NOT_OF_PLACES:
            yield word, amenity


_IN_QUESTIONS = dict(_in_questions())
_SAID_ALONE = {word: amenity for words in (_VERBS, _STATES) for amenity in words for word in words[amenity].split()}
