"""What to do today: every kind of every desk has a page in every language, and search finds it."""

from __future__ import annotations

import pytest

from bot.config import desks as config_desks
from handlers.i18n.translations import LANGUAGES
from storage.cases.answers import pages, searching
from storage.cases.answers.pages import ANYWHERE
from storage.cases.desks import Desk, Option

DESKS = config_desks.desks(
    {key: config_desks.DeskSection.model_validate(desk) for key, desk in config_desks.built_in().items()}
)
IN_CHINA = pages.pages_of("cn", DESKS)


@pytest.mark.parametrize("country", ["CN", "GB"])
def test_each_kind_of_each_desk_has_a_page_in_each_language(country: str) -> None:
    known = {(page.desk, page.kind.key): page for page in pages.pages_of(country, DESKS)}
    assert known.keys() == {(desk.key, kind.key) for desk in DESKS.values() for kind in desk.kinds}
    for page in known.values():
        assert page.steps.keys() == page.words.keys() == LANGUAGES.keys()
        assert len({len(steps) for steps in page.steps.values()}) == 1, page.kind.key


def test_only_a_country_whose_law_is_known_has_a_source_and_each_is_given_in_each_language() -> None:
    assert not any(page.source for page in pages.pages_of("GB", DESKS))
    sources = {page.kind.key: page.source for page in IN_CHINA if page.source}
    assert "防暑降温措施管理办法" in sources["weather"]["zh_Hans"]
    assert all(source.keys() == LANGUAGES.keys() for source in sources.values())
    assert ANYWHERE != "CN"


def test_an_organisation_s_own_page_stands_in_place_of_the_built_in_one() -> None:
    kind = Option("pay", {"en": "Pay"}, today={"en": "Come to the hall.\nBring your statements."})
    page = pages.page_of("CN", "legal", kind)
    assert page is not None
    assert page.steps_in("zh_Hans") == ["Come to the hall.", "Bring your statements."] and not page.source
    assert pages.page_of("CN", "housing", Option("damp", {"en": "Damp"})) is None


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("fine", "legal/ban"),
        ("平台罚了我200块", "legal/ban"),
        ("the platform banned me yesterday for nothing", "legal/ban"),
        ("they cut my wages", "legal/pay"),
        ("老板不发钱", "legal/pay"),
        ("天气太热能不能停跑", "legal/weather"),
        ("高温津贴怎么领", "legal/weather"),
        ("somebody stole my bike", "aid/work"),
        ("房东要赶我走", "aid/housing"),
        ("保安不让我进小区", "suggestion/access"),
        ("insurance refused to pay", "legal/insurance"),
        ("insurrance", "legal/insurance"),
        ("晚上睡不着", "care/stress"),
    ],
)
def test_what_riders_write_finds_the_page_about_it(text: str, page: str) -> None:
    best = searching.best(IN_CHINA, text)[0]
    assert f"{best.desk}/{best.kind.key}" == page


OTHER_MATTERS = "good morning|hello|ok|你好|在吗|我想打篮球|any basketball?|where can I eat|附近有厕所吗|station||🙂"


@pytest.mark.parametrize("text", OTHER_MATTERS.split("|"))
def test_what_is_about_something_else_finds_none(text: str) -> None:
    assert searching.best(IN_CHINA, text) == []


def test_a_desk_without_kinds_has_no_pages() -> None:
    bare = Desk("x", "x", "X", "💬", {"en": "X"}, {}, {}, {}, ())
    assert pages.pages_of("CN", {"x": bare}) == [] and searching.best([], "fine") == []
