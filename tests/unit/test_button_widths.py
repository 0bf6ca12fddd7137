"""Labels fit their buttons on a narrow phone (360 pixels), where Telegram cuts what is longer, in both languages."""

from __future__ import annotations

import ast
import importlib
import re
import tomllib
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from handlers.admin.roles import SHORT_ROLES
from handlers.admin.setting_list import SETTINGS
from handlers.campaigns.agreements.words import REFUSALS
from handlers.campaigns.ballots.words import RULES
from handlers.campaigns.commitments.words import OUTCOMES, SAID, STATES
from handlers.campaigns.demands.words import OUTCOMES as DEMAND_OUTCOMES
from handlers.campaigns.demands.words import REASONS
from handlers.chat.press import Button
from handlers.chat.rows import is_short, packed
from handlers.i18n.translations import LANGUAGES, distance, translator
from handlers.stations.asked import RADII, REACH
from handlers.stations.format import AMENITIES, WANTED

HANDLERS = Path(__file__).parents[2] / "handlers"
ROOM = {"zh_Hans": {1: 13.5, 2: 6.5, 3: 4.0, 4: 3.0}, "en": {1: 18.5, 2: 8.5, 3: 5.0, 4: 3.7}}
"""For the label of a button, by the number of buttons in its row; in the widths of a Chinese character. English is
longer and held to what there is: letters of 15 px and margins of 20 px in a keyboard that is 300 px wide. (Telegram for
Android makes it up to 345 px wide on such a phone, others as wide as the message.) Chinese fits with a fifth to spare.
"""
JOINED = re.compile("\u200d.")
"""What is joined to an emoji makes it no wider."""
BLANKS = {
    "zh_Hans": {
        "{n}": "99",
        "{role}": "办理人",
        "{topic}": "📰 资讯",
        "{number}": "L-2026-000001",
        "{who}": "接待您的人",
    },
    "en": {
        "{n}": "99",
        "{role}": "case handler",
        "{topic}": "📰 News",
        "{number}": "L-2026-000001",
        "{who}": "your lawyer",
    },
}
ROBOTO = {
    0.25: " 'ijl|!:;,.I[]",
    0.35: '`"-t{}()fr',
    0.42: "/\\^*_",
    0.52: "?yvxz<>cksL",
    0.56: "aeF+=Jbdhnpu$0123456789Egoq",
    0.62: "SZ#TYRBKXP&",
    0.68: "CDUV~AGOQ",
    0.73: "HN%w",
    0.88: "mMW@",
}
"""The widths of Roboto Medium, in which Telegram for Android writes them, as parts of the height of a letter (which is
the width of a Chinese character), rounded up in groups. Source: the hmtx table of Roboto-Medium.ttf.
"""
WIDTHS = {char: width for width, chars in ROBOTO.items() for char in chars}


COMPOSED = {
    "📜 All messages": 2,
    "🧭 Amap route": 2,
    "🧭 Google route": 2,
    "ℹ️ More": 2,
    "Baidu": 3,
    "Tencent": 3,
    "Others": 3,
    "More ▶": 4,
}
"""Labels in rows that are put together of several parts, and how many buttons are in such a row."""


def width(label: str, language: str) -> float:
    """In Chinese characters: signs and emojis are as wide, letters as Roboto has them, joiners nothing."""
    for blank, filled in BLANKS[language].items():
        label = label.replace(blank, filled)
    return sum(map(_width_of, JOINED.sub("", label)))


def _width_of(char: str) -> float:
    if unicodedata.category(char) in ("Mn", "Cf"):
        return 0.0
    return WIDTHS.get(char, 1.0 if ord(char) > 0x2000 else 0.6)


ALONE = (
    "💡 What I can do",
    "🗂 My activities, cases and membership",
    "🪪 Join the union",
    "🚪 Leave the union",
    "🔐 What is stored about me",
    "💬 Case number only: reply possible",
    "🙈 Fully anonymous: no reply possible",
)
"""Labels of buttons with a row of their own that do not stand where they are put together."""


def _label(node: ast.expr) -> str | None:
    """The text of a button whose label is translated on the spot, perhaps with blanks filled in."""
    match node:
        case ast.Call(func=ast.Attribute(attr="button") | ast.Name(id="Button"), args=[label, *_]):
            return _text(label)
    return None


def _text(node: ast.expr) -> str | None:
    match node:
        case ast.Call(func=ast.Name(id="_") | ast.Attribute(attr="_"), args=[ast.Constant(value=str(text))]):
            return text
        case ast.Call(func=ast.Attribute(attr="format", value=text)):
            return _text(text)
    return None


def rows(source: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that are written out: their lines and the labels in them that can be told."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.List):
            labels = [_label(part) for part in node.elts]
            said = [label for label in labels if label is not None]
            if said:
                yield node.lineno, [*said, *[""] * (len(labels) - len(said))]


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_that_are_written_out_fit(language: str) -> None:
    _, room = translator(language), ROOM[language]
    found = [
        f"{path.relative_to(HANDLERS)}:{line}: {_(label)} ({width(_(label), language):g} of {room[len(labels)]:g})"
        for path in sorted(HANDLERS.rglob("*.py"))
        for line, labels in rows(path.read_text("utf-8"))
        for label in labels
        if label and width(_(label), language) > room[len(labels)]
    ]
    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_rows_under_a_pin_and_a_list_fit(language: str) -> None:
    """As the tour of 0.8 showed them first: "Farth…", "Navigate (A…", "Other m…"."""
    _ = translator(language)
    assert [text for text, count in COMPOSED.items() if width(_(text), language) > ROOM["en"][count]] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_form_asks_fits_on_its_page_of_review(language: str) -> None:
    """Two in a row, behind a pencil."""
    _ = translator(language)
    titles = {
        _(str(node.args[0].args[0].value))
        for path in HANDLERS.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Question" and node.args
        if isinstance(node.args[0], ast.Call) and isinstance(node.args[0].args[0], ast.Constant)
    }
    assert len(titles) > 40
    assert [title for title in titles if width(f"✎ {title}", language) > ROOM[language][2]] == []
    rows = packed([Button(f"✎ {title}", data="x") for title in sorted(titles, key=len)], 3)
    assert {len(row) for row in rows} >= {2, 3}
    assert [key.text for row in rows for key in row if width(key.text, language) > ROOM["en"][len(row)]] == []


def choices_side_by_side() -> Iterator[tuple[str, int]]:
    """The labels among which a question lets choose, and how many of them stand in a row."""
    for path in HANDLERS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Name(id="Question"),
                    args=[*_, ast.Call(func=ast.Name(id="ChoiceInput"), args=[ast.Name(id=name), *_])],
                    keywords=keywords,
                ):
                    columns = [int(ast.literal_eval(one.value)) for one in keywords if one.arg == "columns"]
                    module = importlib.import_module(".".join(path.relative_to(HANDLERS.parent).with_suffix("").parts))
                    yield from ((label, count) for label in getattr(module, name).values() for count in columns)


@pytest.mark.parametrize("language", LANGUAGES)
def test_choices_that_stand_side_by_side_fit(language: str) -> None:
    """As "Not insu…" and "I don't k…", three in a row."""
    _ = translator(language)
    choices = list(choices_side_by_side())
    assert len(choices) > 5
    assert [label for label, count in choices if width(_(label), language) > ROOM[language][count]] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_reasons_rules_and_outcomes_of_campaigns_fit(language: str) -> None:
    """Each has a row of its own, and what is done with it is announced: it must be read in full."""
    _ = translator(language)
    tables = (REASONS, DEMAND_OUTCOMES, REFUSALS, RULES, OUTCOMES, STATES, SAID)
    labels = [label for table in tables for label in table.values()]
    assert [label for label in labels if width(f"{_(label)} …", language) > ROOM[language][1]] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_kinds_of_the_desks_fit_two_in_a_row(language: str) -> None:
    desks = tomllib.loads((HANDLERS.parent / "bot/config/desks.toml").read_text("utf-8"))["desks"]
    kinds = [kind["words"][language] for desk in desks.values() for kind in desk["kinds"]]
    assert len(kinds) > 20
    assert [kind for kind in kinds if width(kind, language) > ROOM[language][2]] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_settings_fit_two_in_a_row(language: str) -> None:
    _ = translator(language)
    assert [_(one.title) for one in SETTINGS.values() if width(_(one.title), language) > ROOM[language][2]] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_views_of_the_statistics_fit_two_in_a_row(language: str) -> None:
    """As eyes on 360 pixels saw them: "🗺 Missing statio…", "🔎 Amenities sea…"."""
    _ = translator(language)
    views = [
        label
        for path in HANDLERS.rglob("*.py")
        for label in re.findall(r'FiguresView\(\s*"[^"]*", N_\("([^"]*)"\)', path.read_text("utf-8"))
    ]
    assert len(views) > 5
    assert [view for view in views if width(_(view), language) > ROOM[language][2]] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_desk_asks_has_a_button_of_its_own_on_the_page_of_review(language: str) -> None:
    """As the journeys of 0.8 showed them first: "✎ What happe…", twice."""
    desks = tomllib.loads((HANDLERS.parent / "bot/config/desks.toml").read_text("utf-8"))["desks"]
    for desk in desks.values():
        titles = [ask["title"][language] for ask in desk["asks"]]
        assert len(set(titles)) == len(titles)
        assert [title for title in titles if width(f"✎ {title}", language) > ROOM[language][2]] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "said", ["➕ Give: {role}", "➖ Remove: {role}", "⏳ Change end date: {role}", "✔ Give: {role}"]
)
def test_what_is_done_with_a_role_fits(said: str, language: str) -> None:
    _ = translator(language)
    labels = [_(said).format(role=_(role)) for role in SHORT_ROLES.values()]
    assert [label for label in labels if width(label, language) > ROOM[language][1]] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_with_a_row_of_their_own_fit(language: str) -> None:
    _ = translator(language)
    assert [_(label) for label in ALONE if width(_(label), language) > ROOM[language][1]] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_distances_of_the_filter_fit(language: str) -> None:
    """As the journeys of 0.8 showed the first: "✅ 5…", four in a row."""
    labels = [f"✅ {distance(radius or REACH, language)}" for radius in RADII]
    assert [label for label in labels if width(label, language) > ROOM[language][2]] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_amenities_of_the_filter_fit(language: str) -> None:
    """In English a third of them was cut: "❄️ air co…"."""
    _ = translator(language)
    buttons = [Button(f"{sign} {_(name)}", data="x") for sign, name in map(AMENITIES.__getitem__, WANTED)]
    rows = packed(sorted(buttons, key=is_short, reverse=True), 3)
    assert sum(map(len, rows)) == len(WANTED) and len(rows) <= 12
    room = ROOM["en"]
    found = [key.text for row in rows for key in row if width(key.text, language) > room[len(row)]]
    assert found == []


def test_each_sign_is_one_that_phones_can_draw() -> None:
    """Emoji, and what every phone's font has; not the "⧉" of the mathematicians, in place of which stood a box."""
    labels = {char for path in HANDLERS.rglob("*.py") for char in path.read_text("utf-8")}
    assert [char for char in labels if 0x27C0 <= ord(char) < 0x2B00] == []
