"""Which demands are alike, what holds a number, and the groups of opinion, held against scikit-learn.

It is imported by the tests that ask it: that takes a second.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from storage import similar
from storage.campaigns.demands import counting, groups
from storage.campaigns.demands.groups import Stances
from storage.campaigns.demands.personal import holds_personal_number
from storage.disclosure import MIN_CELL_SIZE, figure

asks_scikit_learn = pytest.mark.xdist_group("scikit-learn")
"""One worker imports it, which takes two seconds."""

CHINESE = [
    "恶劣天气不扣超时罚款",
    "提高每单配送费",
    "给骑手买工伤保险",
    "商家出餐慢不算骑手超时",
    "夏天发高温补贴",
    "取消差评罚款",
    "增加换电柜",
    "小区要让骑手进门",
]
ENGLISH = [
    "No deductions for late orders in heavy rain",
    "Pay the waiting time at restaurants",
    "Raise the pay per order",
    "Accident insurance for every rider",
    "More battery swap stations",
    "One day off each week",
]


@pytest.mark.parametrize(
    ("texts", "text", "same"),
    [
        (CHINESE, "下雨等恶劣天气超时不要罚款", 0),
        (CHINESE, "每单配送费涨一点", 1),
        (CHINESE, "平台要给我们买工伤保险", 2),
        (CHINESE, "商家出餐太慢，不要算我们超时", 3),
        (CHINESE, "高温天气要有补贴", 4),
        (CHINESE, "差评罚款应该取消", 5),
        (CHINESE, "多建一些换电柜", 6),
        (CHINESE, "小区保安不让骑手进门", 7),
        (ENGLISH, "Don't deduct pay for late orders when it rains", 0),
        (ENGLISH, "Waiting at the restaurant should be paid time", 1),
        (ENGLISH, "PAY PER ORDER MUST RISE!!!", 2),
        (ENGLISH, "Every rider needs accident insurance", 3),
        (ENGLISH, "We want more stations to swap batteries", 4),
        (ENGLISH, "A day off every week, please", 5),
    ],
)
def test_what_means_the_same_is_offered_first(texts: list[str], text: str, same: int) -> None:
    found = similar.most_similar(text, texts)
    assert found[0].at == same and len(found) <= similar.OFFERED


@pytest.mark.parametrize("text", ["食堂要干净", "!!!", "?"])
def test_what_is_like_nothing_is_offered_nothing(text: str) -> None:
    assert similar.most_similar(text, CHINESE) == []
    assert similar.most_similar(text, []) == []


def test_full_width_signs_and_capitals_make_no_difference() -> None:
    (score,) = similar.cosines("ＰＡＹ　per order！", ["pay, PER order."])
    assert score == pytest.approx(1.0)


@asks_scikit_learn
def test_the_weights_are_those_of_scikit_learn() -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = [similar.plain(text).strip() for text in CHINESE + ENGLISH + ["涨涨涨涨", "a"]]
    pairs = TfidfVectorizer(analyzer=lambda text: [text[at : at + 2] for at in range(len(text) - 1)])
    matrix = pairs.fit_transform(texts).toarray()
    for at in range(len(texts)):
        others = [*texts[:at], *texts[at + 1 :]]
        wanted = matrix[at] @ np.delete(matrix, at, axis=0).T
        assert similar.cosines(texts[at], others) == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("打我电话13800138000", True),
        ("138 0013 8000", True),
        ("１３８－００１３－８０００", True),
        ("幺三八零零幺三八零零零", True),
        ("+86 13800138000 call me", True),
        ("站长电话 0534-2345678", True),
        ("+44 20 7946 0958", True),
        ("客服 400-123-4567", True),
        ("身份证 370102199001010036", True),
        ("37010219900101003X", True),
        ("370102 19900101 0036", True),
        ("卡号 6222021234567890123", True),
        ("2026-11-26 开会", False),
        ("每单 3.5 元涨到 4.5 元", False),
        ("10000-20000 元", False),
        ("8:00-20:00 休息 1 小时", False),
        ("一百二十三元", False),
        ("1000000元奖金", False),
        ("No work from 22:00 to 6:00, 2 days off", False),
    ],
)
def test_numbers_of_people_are_recognised(text: str, *, holds: bool) -> None:
    assert holds_personal_number(text) is holds


def ranking(people: int, demands: int, opinions: int, seed: int) -> tuple[Stances, NDArray[np.float64], list[int]]:
    """Stances of people of so many opinions, the matrix that they are, and which opinion is whose."""
    random = np.random.default_rng(seed)
    opinion = random.integers(0, opinions, people)
    leaning = random.choice([-1.0, 1.0], (opinions, demands))
    matrix = np.zeros((people, demands))
    cells: list[tuple[int, int, int]] = []
    for person in range(people):
        for demand in np.sort(random.choice(demands, int(random.integers(8, demands)), replace=False)):
            value = 0 if random.random() < 0.1 else int(np.sign(leaning[opinion[person], demand] + random.normal() / 2))
            matrix[person, demand] = value
            cells.append((person, int(demand), value))
    rows, columns, values = np.array(cells).T
    stances = Stances(people, demands, rows.astype(np.int32), columns.astype(np.int32), values.astype(np.int8))
    return stances, matrix, opinion.tolist()


@asks_scikit_learn
@pytest.mark.parametrize(("people", "demands", "opinions", "seed"), [(60, 12, 2, 1), (200, 40, 3, 2), (300, 25, 4, 3)])
def test_components_groups_and_their_number_are_those_of_scikit_learn(
    people: int, demands: int, opinions: int, seed: int
) -> None:
    from sklearn.cluster import KMeans
    from sklearn.decomposition import PCA
    from sklearn.metrics import adjusted_rand_score, silhouette_score

    stances, matrix, opinion = ranking(people, demands, opinions, seed)
    points = groups.projected(stances, groups.SAMPLE)
    wanted = PCA(2, svd_solver="full").fit_transform(matrix)
    signs = np.sign((points * wanted).sum(axis=0))
    assert points * signs == pytest.approx(wanted, abs=1e-4)

    labels = groups.grouped(stances)
    assert groups.silhouette(points, labels) == pytest.approx(silhouette_score(points, labels))
    by_count = {
        count: KMeans(count, n_init=20, random_state=0).fit(wanted) for count in range(2, groups.MOST_GROUPS + 1)
    }
    best = max(by_count, key=lambda count: silhouette_score(wanted, by_count[count].labels_))
    assert labels.max() + 1 == best
    assert adjusted_rand_score(labels, by_count[best].labels_) > 0.99
    assert adjusted_rand_score(labels, opinion) > 0.7, "two components can't tell four apart as well as three"
    assert (groups.grouped(stances) == labels).all(), "the same again"


@asks_scikit_learn
def test_a_sample_finds_the_same_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    from sklearn.metrics import adjusted_rand_score

    stances, _, opinion = ranking(400, 30, 3, 5)
    monkeypatch.setattr(groups, "SAMPLE", 80)
    assert adjusted_rand_score(groups.grouped(stances), opinion) > 0.9


def test_who_took_few_stances_is_in_no_group() -> None:
    stances, _, _ = ranking(60, 12, 2, 1)
    few = np.array([[60, demand, 1] for demand in range(groups.LEAST_STANCES - 1)])
    more = Stances(
        61,
        12,
        np.append(stances.rows, few[:, 0]).astype(np.int32),
        np.append(stances.columns, few[:, 1]).astype(np.int32),
        np.append(stances.values, few[:, 2]).astype(np.int8),
    )
    labels = groups.grouped(more)
    assert labels[60] == -1 and (labels[:60] == groups.grouped(stances)).all()


@pytest.mark.parametrize("people", [0, 1, 9])
def test_few_people_are_no_groups(people: int) -> None:
    rows = np.repeat(np.arange(people, dtype=np.int32), 8)
    columns = np.tile(np.arange(8, dtype=np.int32), people)
    stances = Stances(people, 8, rows, columns, np.ones(len(rows), np.int8))
    assert (groups.grouped(stances) == -1).all()
    assert groups.counted(stances, groups.grouped(stances), 0).shape == (0, 8, 3)


def test_people_who_all_say_the_same_are_one_group() -> None:
    rows, columns = np.repeat(np.arange(30, dtype=np.int32), 8), np.tile(np.arange(8, dtype=np.int32), 30)
    stances = Stances(30, 8, rows, columns, np.ones(240, np.int8))
    assert set(groups.grouped(stances)) == {0}


@settings(max_examples=60)
@given(st.integers(1, 4), st.integers(1, 5), st.data())
def test_what_everybody_wants_follows_from_what_is_shown(parts: int, demands: int, data: st.DataObject) -> None:
    """Two counts that are shown alike give the same percentage."""
    cells = st.integers(0, 60)
    flat = data.draw(st.lists(cells, min_size=parts * demands * 3, max_size=parts * demands * 3))
    counts = np.array(flat, np.int64).reshape(parts, demands, 3)
    shown = np.vectorize(lambda count: value if isinstance(value := figure(int(count)), int) else 0)(counts)
    assert counting.common(counts) == counting.common(shown)
    for demand, least in enumerate(counting.common(counts)):
        if least >= 0:
            assert (counts[:, demand, 0] >= MIN_CELL_SIZE).all()
