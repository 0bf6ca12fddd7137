"""Cuts the text of an agreement into clauses: at 第一条, Article 1, § 1, headings, 一、 or 1.

The first of these that the text has decides; what is numbered in another way stays inside its clause.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from storage.plain_text import clean, clean_code

LONGEST_CLAUSE = 1_500
LONGEST_TEXT = 150_000
MOST_CLAUSES = 200
LONGEST_HEADING = 60
LONGEST_CHAPTER = 120

_CHINESE = "〇零一二三四五六七八九十百两"
_COUNT = rf"(?:[{_CHINESE}]{{1,7}}|\d{{1,3}}|[０-９]{{1,3}})"
_SEPARATORS = " \t\u3000:：、.．-—–"
_ARTICLE = re.compile(rf"第\s*(?P<count>{_COUNT})\s*条")
_ENGLISH = re.compile(r"(?:Article|Clause|Section)\s+(?P<count>\d{1,3})\b(?![.]\d)", re.IGNORECASE)
_PARAGRAPH = re.compile(r"§+\s*(?P<count>\d{1,3})\b")
_LISTED = re.compile(rf"(?P<count>[{_CHINESE}]{{1,4}})\s*、")
_NUMBERED = re.compile(r"(?P<count>\d{1,3})\s*[.．、)）](?!\d)")
_CHAPTER = re.compile(rf"第\s*{_COUNT}\s*[章节編编]|(?:Chapter|Part)\s+(?:\d{{1,3}}|[IVXLC]{{1,7}})\b", re.IGNORECASE)
_HEADING = re.compile(r"(#{1,6})\s+(\S.*)")
_BRACKETED = re.compile(r"【([^】]{1,40})】\s*")
_SENTENCE = re.compile(r"[。；;!！?？]|[.](?=\s|$)|，|, ")
_ENDS = ("\n", "。", "；", ". ", "; ", "，", ", ", " ")


class Fault(StrEnum):
    """Why a text is no agreement."""

    EMPTY = "empty"
    TOO_LONG = "too long"
    TOO_MANY = "too many clauses"


class NotAnAgreement(ValueError):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause as it was found. `number` is as it was written ("第三条", "Article 3"), empty for what stands before the
    first one. One that was too long is in `parts`, of which this is the `part`-th."""

    number: str
    heading: str
    text: str
    chapter: str = ""
    part: int = 1
    parts: int = 1

    @property
    def count(self) -> int | None:
        """The number that it has among the clauses."""
        return count_of(self.number)


def split(text: str) -> Sequence[Clause]:
    """The clauses in their order, each of at most LONGEST_CLAUSE characters.

    Raises:
        NotAnAgreement: see the faults.
    """
    if len(text) > LONGEST_TEXT:
        raise NotAnAgreement(Fault.TOO_LONG)
    lines = [_plain(line) for line in text.splitlines()]
    if not any(lines):
        raise NotAnAgreement(Fault.EMPTY)
    found = [part for clause in _clauses(lines) for part in _in_parts(clause)]
    if len(found) > MOST_CLAUSES:
        raise NotAnAgreement(Fault.TOO_MANY)
    return found


def count_of(number: str) -> int | None:
    """12 of "第十二条" and of "Article 12"."""
    found = re.search(rf"\d+|[{_CHINESE}]+", clean_code(number))
    if found is None:
        return None
    return int(found[0]) if found[0].isdigit() else _chinese_number(found[0])


def _chinese_number(signs: str) -> int:
    total = 0
    for unit, size in (("百", 100), ("十", 10)):
        before, sign, after = signs.partition(unit)
        if sign:
            total, signs = total + (_chinese_digits(before) or 1) * size, after
    return total + _chinese_digits(signs)


def _chinese_digits(signs: str) -> int:
    digits = [str("零一二三四五六七八九".find(sign.replace("〇", "零").replace("两", "二"))) for sign in signs]
    return int("".join(digit for digit in digits if digit.isdigit()) or "0")


def _plain(line: str) -> str:
    return clean(line.replace("**", "").replace("__", ""))


@dataclass(frozen=True, slots=True)
class _Mark:
    """The line that begins a clause: the number as it was written, and what stands behind it."""

    number: str
    rest: str


def _clauses(lines: Sequence[str]) -> Iterator[Clause]:
    marks = _marks(lines)
    if not marks:
        yield from _by_paragraphs(lines)
        return
    chapter, current, body = "", _Mark("", ""), list[str]()
    following = ""
    for at, line in enumerate(lines):
        if at in marks:
            yield from _made(current, body, chapter)
            current, body, chapter = marks[at], [], following or chapter
            following = ""
        elif _is_chapter(line):
            following = _without_signs(line)[:LONGEST_CHAPTER]
        else:
            body.append(line)
    yield from _made(current, body, chapter)


def _is_chapter(line: str) -> bool:
    bare = _without_signs(line)
    return len(bare) <= LONGEST_CHAPTER and _CHAPTER.match(bare) is not None


def _without_signs(line: str) -> str:
    return line.lstrip("#").strip()


def _made(mark: _Mark, body: Sequence[str], chapter: str) -> Iterator[Clause]:
    """The clause, with its heading apart; nothing where nothing is written."""
    heading, rest = _heading(mark.rest, any(body))
    lines = [_without_signs(line) if line.startswith("#") else line for line in ([rest] if rest else []) + list(body)]
    text = re.sub(r"\n{2,}", "\n", "\n".join(lines)).strip()
    if mark.number or mark.rest or text:
        yield Clause(mark.number[:40], heading, text or heading, chapter)


def _heading(rest: str, has_more: bool) -> tuple[str, str]:  # noqa: FBT001 (whether lines follow)
    bracketed = _BRACKETED.match(rest)
    if bracketed is not None:
        return bracketed[1].strip(), rest[bracketed.end() :]
    if rest and has_more and len(rest) <= LONGEST_HEADING and not _SENTENCE.search(rest):
        return rest.rstrip(_SEPARATORS), ""
    return "", rest


def _by_paragraphs(lines: Sequence[str]) -> Iterator[Clause]:
    """Without any mark: what blank lines keep apart."""
    for paragraph in re.split(r"\n{2,}", "\n".join(lines)):
        if paragraph.strip():
            yield Clause("", "", paragraph.strip())


def _marks(lines: Sequence[str]) -> dict[int, _Mark]:
    """By line, where clauses begin."""
    for pattern in (_ARTICLE, _ENGLISH, _PARAGRAPH):
        if found := _numbered(lines, pattern, lambda count, last: count > last):
            return found
    if found := _headings(lines):
        return found
    for pattern in (_LISTED, _NUMBERED):
        found = _numbered(lines, pattern, lambda count, last: count == last + 1)
        if len(found) > 1:
            return found
    return {}


def _numbered(lines: Sequence[str], pattern: re.Pattern[str], follows: Callable[[int, int], bool]) -> dict[int, _Mark]:
    """Lines that begin with a number which follows the last one; others are references, or lists inside a clause."""
    found, last = dict[int, _Mark](), 0
    for at, line in enumerate(lines):
        bare = _without_signs(line)
        match = pattern.match(bare)
        count = count_of(match["count"]) if match is not None else None
        if match is None or count is None or not follows(count, last):
            continue
        number = match[0].rstrip("、.．)） ")
        found[at], last = _Mark(number, bare[match.end() :].lstrip(_SEPARATORS)), count
    return found


def _headings(lines: Sequence[str]) -> dict[int, _Mark]:
    """Of Markdown, at the highest level that has two."""
    matches = {at: match for at, line in enumerate(lines) if (match := _HEADING.fullmatch(line)) is not None}
    levels = [len(match[1]) for match in matches.values()]
    level = next((one for one in range(1, 7) if levels.count(one) > 1), None)
    chosen = {at: match[2] for at, match in matches.items() if len(match[1]) == level}
    return {at: _of_heading(title) for at, title in chosen.items()}


def _of_heading(title: str) -> _Mark:
    for pattern in (_LISTED, _NUMBERED):
        if match := pattern.match(title):
            return _Mark(match[0].rstrip("、.．)） "), title[match.end() :].strip())
    return _Mark("", title)


def _in_parts(clause: Clause) -> Iterator[Clause]:
    texts = list(_pieces(clause.text))
    for at, text in enumerate(texts):
        yield replace(clause, text=text, part=at + 1, parts=len(texts))


def _pieces(text: str) -> Iterator[str]:
    """At the end of a line, of a sentence, of a word, or where it must be."""
    while len(text) > LONGEST_CLAUSE:
        window = text[:LONGEST_CLAUSE]
        cuts = (window.rfind(sign) + len(sign) for sign in _ENDS if window.rfind(sign) > LONGEST_CLAUSE // 3)
        cut = next(cuts, LONGEST_CLAUSE)
        yield text[:cut].strip()
        text = text[cut:].strip()
    if text:
        yield text
