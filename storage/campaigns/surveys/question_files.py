"""Questions of a survey from a small TOML or CSV file, with the line of what is wrong."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from itertools import count

from storage.campaigns.surveys import wording as wordings
from storage.campaigns.surveys.questions import MOST
from storage.campaigns.surveys.wording import BadQuestion, Fault, Kind, Wording
from storage.plain_text import clean

MOST_BYTES = 64 << 10
ENDINGS = (".toml", ".csv", ".txt")

_NAMES = ("kind", "text", "options", "borders", "other_text", "other_options")
_TITLES = {
    "题型": "kind",
    "题目": "text",
    "选项": "options",
    "分界": "borders",
    "另一语言题目": "other_text",
    "另一语言选项": "other_options",
}
_KINDS = {
    "one": Kind.ONE,
    "several": Kind.SEVERAL,
    "rating": Kind.RATING,
    "number": Kind.NUMBER,
    "单选": Kind.ONE,
    "多选": Kind.SEVERAL,
    "评分": Kind.RATING,
    "数字": Kind.NUMBER,
}
_BETWEEN = re.compile(r"[|｜]")
_QUESTION = re.compile(r"\s*\[\[\s*question\s*\]\]")
_LINE = re.compile(r"at line (\d+)")
_LARGEST = 999_999_999
_MOST_DOTS = 300
"""Of a line of TOML: Python takes ten seconds for one key of 30,000 parts."""
_SEPARATORS = ",;\t，；"


class BadQuestionFile(Exception):
    """A file that can't be taken: what is wrong, and in which line, counted from 1."""

    def __init__(self, fault: Fault, line: int) -> None:
        super().__init__(f"line {line}: {fault}")
        self.fault, self.line = fault, line


def read(content: bytes) -> tuple[Wording, ...]:
    """The questions of a file of at most MOST_BYTES. It is TOML if it has a line `[[question]]`, else CSV.

    Raises:
        BadQuestionFile: see the class.
    """
    text = _decoded(content)
    is_toml = any(map(_QUESTION.match, text.splitlines()))
    found: list[Wording] = []
    for line, fields in _of_toml(text) if is_toml else _of_csv(text):
        if len(found) == MOST:
            raise BadQuestionFile(Fault.TOO_MANY, line)
        try:
            found.append(_wording(fields))
        except BadQuestion as bad:
            raise BadQuestionFile(bad.fault, line) from None
    if not found:
        raise BadQuestionFile(Fault.EMPTY, 1)
    return tuple(found)


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise BadQuestionFile(Fault.NOT_TEXT, 1)


def _of_toml(text: str) -> Iterator[tuple[int, Mapping[str, object]]]:
    """Each question with the line on which it begins."""
    lines = text.splitlines()
    if dotted := [at for at, line in enumerate(lines, 1) if line.count(".") > _MOST_DOTS]:
        raise BadQuestionFile(Fault.NOT_READABLE, dotted[0])
    try:
        parsed = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        named = _LINE.search(str(error))
        raise BadQuestionFile(Fault.NOT_READABLE, int(named[1]) if named else len(lines)) from None
    starts = [at for at, line in enumerate(lines, 1) if _QUESTION.match(line)]
    asked = parsed.get("question")
    if parsed.keys() != {"question"} or not isinstance(asked, list):
        raise BadQuestionFile(Fault.UNKNOWN_NAME, 1)
    for at, fields in enumerate(asked):
        yield starts[min(at, len(starts) - 1)], fields


def _of_csv(text: str) -> Iterator[tuple[int, Mapping[str, object]]]:
    """Each record with the line on which it ends."""
    header = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=header.count)
    rows = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
    names: Sequence[str] | None = None
    for _ in count():
        try:
            cells = next(rows, None)
        except csv.Error:
            raise BadQuestionFile(Fault.NOT_READABLE, rows.line_num) from None
        if cells is None:
            return
        if not any(map(clean, cells)):
            continue
        if names is None:
            names = [_TITLES.get(clean(cell), clean(cell).lower()) for cell in cells]
        elif len(cells) > len(names):
            raise BadQuestionFile(Fault.UNKNOWN_NAME, rows.line_num)
        else:
            yield rows.line_num, _of_cells(dict(zip(names, cells, strict=False)))


def _of_cells(cells: Mapping[str, str]) -> Mapping[str, object]:
    """Options stand in one cell with | between them; those of a number are its borders."""
    fields: dict[str, object] = {name: cell for name, cell in cells.items() if clean(cell)}
    for name in ("options", "borders", "other_options"):
        if name in fields:
            fields[name] = [clean(part) for part in _BETWEEN.split(cells[name])]
    return fields


def _wording(fields: Mapping[str, object]) -> Wording:
    """Raises BadQuestion: see the class."""
    if not isinstance(fields, dict) or not fields.keys() <= set(_NAMES):
        raise BadQuestion(Fault.UNKNOWN_NAME)
    kind = _KINDS.get(_text(fields.get("kind", ""), Fault.UNKNOWN_KIND).lower())
    if kind is None:
        raise BadQuestion(Fault.UNKNOWN_KIND)
    options, borders = fields.get("options", []), fields.get("borders", [])
    if kind is Kind.NUMBER and not borders:
        options, borders = [], options
    made = Wording(
        kind,
        _text(fields.get("text", ""), Fault.TEXT),
        _texts(options, Fault.OPTIONS),
        _numbers(borders),
        _text(fields.get("other_text", ""), Fault.OTHER),
        _texts(fields.get("other_options", []), Fault.OTHER),
    )
    wordings.check(made)
    return made


def _text(value: object, fault: Fault) -> str:
    if not isinstance(value, str):
        raise BadQuestion(fault)
    return clean(value)


def _texts(value: object, fault: Fault) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise BadQuestion(fault)
    return tuple(_text(str(one) if isinstance(one, int) and abs(one) <= _LARGEST else one, fault) for one in value)


def _numbers(value: object) -> tuple[int, ...]:
    texts = _texts(value, Fault.BORDERS)
    if not all(text.isascii() and text.isdigit() and len(text) <= 9 for text in texts):
        raise BadQuestion(Fault.BORDERS)
    return tuple(map(int, texts))
