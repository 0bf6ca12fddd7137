"""The Chinese texts as a Chinese app has them: full-width signs, one word for one thing, buttons that fit a phone."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from markupsafe import Markup

from bot.web.site import TEMPLATES
from handlers.i18n.catalogues import LOCALES
from handlers.i18n.formatting import bracketed, in_a_line, labelled, listed
from handlers.i18n.translations import language_name, translator

ROOT = Path(__file__).parents[2]
HALF_WIDTH = re.compile(r"[一-鿿”}>]\s?[,:;!?()](?!\d)|[,:;!?()]\s?[一-鿿“]")
SENTENCE_AND_BLANK = re.compile(r'[.:!?]"(?:, [^{}]*)?\)(?:\.format\([^{}]*\))? \}\} \{\{')
"""In a template."""
ONE_WORD = {
    "常驻区域": "常用区域",
    "话题": "主题",
    "操作日志": "操作记录",
    "审计日志": "操作记录",
    "会员编号": "会员号",
    "比如": "例如",
    "Telegram 编号": "Telegram ID",
    "Telegram 号码": "Telegram ID",
    "顾问": "办理人",
    "请点": "请按",
    "点一下": "按一下",
    "点选": "按",
    "点下面": "按下面",
    "不到 {n}": "不足 {n}",
    "＜": "不足",
    "小于": "不足",
    "通知不到": "不足 … 人收到通知",
    "已经太晚": "已超时",
    "截至 {": "{…} 截止",
    "开放时间": "营业时间",
    "验证码": "核对码",
    "token": "令牌",
    "你": "您",
    "窗口": "服务台",
    "经办": "办理",
    "值守": "值班",
    "来件": "求助",
    "勾选": "选中",
    "常用答复": "常用回复",
    "片区": "区域",
}
"""What must not be said, and what is said in its place."""


DATA = (
    "bot/config/desks.toml",
    "storage/cases/time_limits.toml",
    "storage/cases/answers/CN.toml",
    "storage/cases/answers/XX.toml",
    "storage/heat/rules.toml",
    "storage/honours/situation.toml",
)
"""Where texts stand beside the catalogue."""


def _chinese_of(value: object) -> Iterator[str]:
    """All texts in Chinese that stand in the tables of a file."""
    if isinstance(value, dict):
        for key, part in value.items():
            if key == "zh_Hans":
                yield str(part)
            else:
                yield from _chinese_of(part)
    elif isinstance(value, list):
        for part in value:
            yield from _chinese_of(part)


def _all_texts() -> list[str]:
    with (LOCALES / "zh_Hans/LC_MESSAGES/nuanxin.po").open("rb") as file:
        said = [message.string for message in read_po(file) if message.id]
    texts = [text for one in said for text in ((one,) if isinstance(one, str) else one or ())]
    for path in DATA:
        texts += _chinese_of(tomllib.loads((ROOT / path).read_text("utf-8")))
    return texts


TEXTS = _all_texts()


def test_signs_are_full_width_beside_chinese() -> None:
    assert [text for text in TEXTS if HALF_WIDTH.search(re.sub(r"<[^>]*>", "", text))] == []


def test_no_three_dots_and_no_blanks_at_the_end() -> None:
    assert [text for text in TEXTS if "..." in text or text != text.rstrip()] == []


def test_a_blank_stands_between_a_clock_and_chinese() -> None:
    assert [text for text in TEXTS if re.search(r"\{(time|when|until|at)\}[一-鿿]", text)] == []


@pytest.mark.parametrize(("wrong", "right"), ONE_WORD.items())
def test_one_word_for_one_thing(wrong: str, right: str) -> None:
    readme = (ROOT / "README.zh-CN.md").read_text("utf-8")
    assert [text for text in (*TEXTS, readme) if wrong in text] == [], f"say {right}"


def test_sentences_are_put_behind_each_other_by_their_signs() -> None:
    """In Chinese "。" has its blank already: `in_a_line` knows that, a blank alone does not."""
    found = []
    for path in [*(ROOT / "handlers").rglob("*.py"), *(ROOT / "bot/web").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case (
                    ast.BinOp(left=ast.Constant(value=" "), op=ast.Add(), right=ast.Call() as said)
                    | ast.BinOp(left=ast.BinOp(right=ast.Constant(value=" ")), op=ast.Add(), right=ast.Call() as said)
                ) if _is_said(said):
                    found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    for path in TEMPLATES.glob("*.html"):
        lines = path.read_text("utf-8").splitlines()
        found += [f"{path.name}: {line}" for line in lines if SENTENCE_AND_BLANK.search(line)]
    assert found == []


def _is_said(node: ast.expr) -> bool:
    """Whether it is a text that is translated, perhaps with blanks filled in."""
    match node:
        case ast.Call(func=ast.Name(id="_") | ast.Attribute(attr="_" | "plural")):
            return True
        case ast.Call(func=ast.Attribute(attr="format", value=text)):
            return _is_said(text)
    return False


def test_what_is_composed_has_the_signs_of_its_language() -> None:
    _ = translator("zh_Hans")
    assert labelled(_, "姓名", Markup("<b>李雷</b>")) == "姓名：<b>李雷</b>"
    assert labelled(_, "姓名", "<李>") == "姓名：&lt;李&gt;"
    assert in_a_line("校验不符。", "请对照证件。") == "校验不符。请对照证件。"
    assert in_a_line("It is wrong.", "Please compare.") == "It is wrong. Please compare."
    assert in_a_line("一。", "二！", "三") == "一。二！三" and in_a_line() == ""
    assert bracketed(_, "已结束", "已解决") == "已结束（已解决）"
    assert listed(["美团", "饿了么"], "zh_Hans") == "美团、饿了么"
    assert bracketed(translator("en"), "closed", "resolved") == "closed (resolved)"


def test_a_language_is_named_in_that_of_the_reader() -> None:
    assert (language_name("en", "zh_Hans"), language_name("zh_Hans", "en")) == ("英语", "Chinese")
