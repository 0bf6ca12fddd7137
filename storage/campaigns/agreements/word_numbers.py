"""The numbers that a word processor adds by itself: they stand in no text of the file, only how they are counted."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CHINESE = ("chineseCounting", "chineseCountingThousand", "japaneseCounting", "ideographTraditional")
_DIGITS = "零一二三四五六七八九"
_LEVELS = 9
_LONGEST_PATTERN, _LARGEST_START = 40, 9_999
"""What a file may claim of a level; a longer pattern of larger numbers would become gigabytes of text."""
_HEADING = re.compile(r"(?:heading|标题)\s*(\d)", re.IGNORECASE)


class _Level(NamedTuple):
    """`pattern` is like "第%1条" or "%1.%2."; `start` is the first number."""

    pattern: str
    is_chinese: bool
    is_bullet: bool
    start: int


class WordNumbers:
    """Counts the paragraphs of one document, in their order."""

    def __init__(self, document: Document) -> None:
        self._abstract: dict[str, dict[int, _Level]] = {}
        self._of_number: dict[str, str] = {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        styles = [one for one in document.styles.element.style_lst if one.get(f"{_W}type") == "paragraph"]
        self._styles: dict[str, Any] = {one.get(f"{_W}styleId", ""): one for one in styles}
        """By their ids: python-docx looks through all of them for each paragraph."""
        self._default = next((one for one in reversed(styles) if one.get(f"{_W}default") in ("1", "true", "on")), None)
        self._read(document)

    def line(self, paragraph: Paragraph) -> str:
        """The paragraph as text: behind its number, and behind # as a heading."""
        text = paragraph.text.replace("\n", " ").strip()
        if not text:
            return ""
        style = self._styles.get(paragraph._p.style or "", self._default)
        number = self._number(paragraph, style)
        heading = _HEADING.match("" if style is None else _value(style, "name"))
        sign = "#" * min(int(heading[1]) or 1, 6) + " " if heading is not None else ""
        return f"{sign}{number} {text}".strip() if number else f"{sign}{text}"

    def _read(self, document: Document) -> None:
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError):  # a document without lists
            return
        for abstract in root.iter(f"{_W}abstractNum"):
            levels = {int(level.get(f"{_W}ilvl", "0")): _level(level) for level in abstract.iter(f"{_W}lvl")}
            self._abstract[abstract.get(f"{_W}abstractNumId", "")] = levels
        for num in root.iter(f"{_W}num"):
            self._of_number[num.get(f"{_W}numId", "")] = _value(num, "abstractNumId")

    def _number(self, paragraph: Paragraph, style: Any) -> str:
        """Its number as it is printed; "" without one, and of bullets."""
        found = _numbered(paragraph, style)
        if found is None:
            return ""
        abstract, depth = self._of_number.get(found[0], ""), found[1]
        levels = self._abstract.get(abstract, {})
        level = levels.get(depth)
        if level is None or level.is_bullet:
            return ""
        counts = self._counts[abstract]
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [one for one in counts if one > depth]:
            del counts[deeper]

        def counted(place: re.Match[str]) -> str:
            at = int(place[1]) - 1
            other = levels.get(at, level)
            return _shown(counts.get(at, other.start), is_chinese=other.is_chinese)

        return re.sub(r"%([1-9])", counted, level.pattern)


def _level(element: Any) -> _Level:
    kind, start = _value(element, "numFmt"), _value(element, "start")[:9]
    first = min(int(start), _LARGEST_START) if start.isdigit() else 1
    return _Level(_value(element, "lvlText")[:_LONGEST_PATTERN], kind in _CHINESE, kind == "bullet", first)


def _value(element: Any, name: str) -> str:
    child = element.find(f"{_W}{name}")
    return "" if child is None else str(child.get(f"{_W}val", ""))


def _numbered(paragraph: Paragraph, style: Any) -> tuple[str, int] | None:
    """(the id of its list, how deep it stands there): its own, or that of its style."""
    elements = [paragraph._p.pPr, None if style is None else style.pPr]
    for properties in elements:
        numbering = None if properties is None else properties.find(f"{_W}numPr")
        if numbering is not None:
            depth = _value(numbering, "ilvl")
            number = _value(numbering, "numId")
            return (number, min(int(depth or 0), _LEVELS - 1)) if number not in ("", "0") else None
    return None


def _shown(count: int, *, is_chinese: bool) -> str:
    return chinese(count) if is_chinese else str(count)


def chinese(count: int) -> str:
    """12 as 十二, for numbers below 1,000."""
    hundreds, rest = divmod(count, 100)
    tens, ones = divmod(rest, 10)
    said = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        said += "十" if tens == 1 and not hundreds else f"{_DIGITS[tens]}十"
    elif hundreds and ones:
        said += "零"
    return said + (_DIGITS[ones] if ones or not count else "")
