"""Putting a table of honours into the register: a dry run that only reports, or all clear lines.

They go in some at a time, since nobody else can write on SQLite meanwhile. A line that is there already is changed, so
that an import that was cut off is completed by the next one.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import Database
from storage.honours import register
from storage.honours.table import Entry, HonourState, entry_key, entry_of, keep
from storage.people.identity_numbers import NotAResidentNumber, other_document, resident_number
from storage.plain_text import clean, clean_code
from storage.sheets.columns import Columns
from storage.sheets.sources import Source
from storage.sheets.tables import PROBLEM, BadFile, records

COLUMNS = ("name", "id_number", "title", "year", "employer", "state", "phone", "note")
MOST_LINES = 20_000
FIRST_YEAR = 1949
_BATCH = 100
_LONGEST = {"name": 50, "title": 120, "employer": 120, "id_number": 60, "phone": 60, "note": 300}
_ROUNDED = re.compile(r"[+-]?\d[.,]?\d*[eE]\+\d+")
_NAMES: Mapping[str, str] = {
    "name": "name fullname 姓名 名字",
    "id_number": "idnumber id idcard 身份证号 身份证号码 身份证 证件号码 证件号",
    "title": "title honour honor award 荣誉 荣誉称号 称号 荣誉名称 奖项",
    "year": "year 年度 年份 授予年份 表彰年份 获奖年份 授予年度",
    "employer": "employer company unit 工作单位 单位 单位名称 所在单位",
    "state": "state status 状态 人员状态 目前状态 现状",
    "phone": "phone tel telephone mobile contact 电话 联系电话 联系方式 手机 手机号 手机号码",
    "note": "note notes remark remarks 备注 说明",
}
_STATES: Mapping[str, HonourState] = {
    name: state
    for state, names in {
        HonourState.ACTIVE: "active working employed 在职 在岗 工作",
        HonourState.RETIRED: "retired 退休 离休 离退休 已退休",
        HonourState.DECEASED: "deceased died dead 去世 已故 死亡 病故 已去世",
        HonourState.WITHDRAWN: "withdrawn revoked 撤销 取消 已撤销 已取消",
    }.items()
    for name in names.split()
}


def _missing(columns: object) -> list[str]:
    assert isinstance(columns, list)
    return [column for column in ("name", "title", "year") if column not in columns]


TABLE = Columns(_NAMES, _missing)


class UnclearLine(ValueError):
    """One line can't be used; the text says why, without a word of what stands there."""


class Line(NamedTuple):
    """A line of a file, read: an entry with its state, or the reason why not. `number` counts from 1, the header
    included. Without a state, who is there already keeps theirs."""

    number: int
    entry: Entry | None
    state: HonourState | None = None
    reason: str = ""


def read_lines(source: Source, country: str, today: date) -> Iterator[Line]:
    """Reads a file line by line.

    Raises:
        BadFile: see the class.
    """
    seen: dict[str, int] = {}
    for count, (number, record) in enumerate(records(source, TABLE, lambda _: None), start=1):
        if count > MOST_LINES:
            raise BadFile(f"more than {MOST_LINES} lines; import it in parts")
        try:
            entry, state = _read(record, country, today)
            key = entry_key(entry)
            if key in seen:
                raise UnclearLine(f"the same person, title and year as line {seen[key]}")
        except UnclearLine as reason:
            yield Line(number, None, reason=str(reason))
        else:
            seen[key] = number
            yield Line(number, entry, state)


def _read(record: Mapping[str, str], country: str, today: date) -> tuple[Entry, HonourState | None]:
    if PROBLEM in record:
        raise UnclearLine(record[PROBLEM])
    texts = {name: clean(record.get(name, "")) for name in COLUMNS}
    for name in ("name", "title", "year"):
        if not texts[name]:
            raise UnclearLine(f"missing {name}")
    for name, longest in _LONGEST.items():
        if len(texts[name]) > longest:
            raise UnclearLine(f"{name} is longer than {longest} characters")
        if name in ("id_number", "phone") and _ROUNDED.fullmatch(texts[name]):
            raise UnclearLine(f"{name} was rounded by a spreadsheet; format the column as text")
    entry = Entry(
        name=texts["name"],
        title=texts["title"],
        year=_year(texts["year"], today),
        employer=texts["employer"],
        id_number=_id_number(texts["id_number"], country, today),
        phone=_phone(texts["phone"]),
        note=texts["note"],
    )
    return entry, _state(texts["state"])


def _year(text: str, today: date) -> int:
    digits = clean_code(text).removesuffix("年").removesuffix(".0")
    if not (digits.isascii() and digits.isdigit() and FIRST_YEAR <= int(digits[:5]) <= today.year):
        raise UnclearLine(f"the year is not one from {FIRST_YEAR} to {today.year}")
    return int(digits)


def _state(text: str) -> HonourState | None:
    if not text:
        return None
    found = _STATES.get("".join(text.casefold().split()))
    if found is None:
        raise UnclearLine("unknown state; use active, retired, deceased or withdrawn")
    return found


def _id_number(text: str, country: str, today: date) -> str:
    if not text:
        return ""
    if country != "CN":
        return clean_code(text).upper()
    try:
        return other_document(text) or resident_number(text, today)
    except NotAResidentNumber as wrong:
        raise UnclearLine(f"ID number: wrong {wrong.fault.value}") from None


def _phone(text: str) -> str:
    digits = sum(char.isdigit() for char in clean_code(text))
    if text and not 7 <= digits <= 20:
        raise UnclearLine("the phone number is incomplete")
    return clean_code(text)


@dataclass(frozen=True, slots=True)
class Imported:
    """`good` lines, of which `new` were not in the register before; and those that are unclear, with why."""

    good: int
    new: int
    unclear: tuple[tuple[int, str], ...]


async def import_file(
    database: Database, source: Source, country: str, today: date, now: datetime, *, dry_run: bool
) -> Imported:
    """Puts all clear lines in, or none on a dry run, which only reads. The file is read in a thread.

    Raises:
        BadFile: see the class.
    """
    lines = read_lines(source, country, today)
    good = new = 0
    unclear: list[tuple[int, str]] = []
    while batch := await asyncio.to_thread(_next, lines):
        unclear += [(line.number, line.reason) for line in batch if line.entry is None]
        clear = [(line.entry, line.state) for line in batch if line.entry is not None]
        good += len(clear)
        async with database.reading() if dry_run else database.writing() as session:
            if not dry_run:
                await register.lock(session)
            for entry, state in clear:
                new += await _put(session, entry, state, now, dry_run=dry_run)
    return Imported(good, new, tuple(unclear))


def _next(lines: Iterator[Line]) -> list[Line]:
    return list(islice(lines, _BATCH))


async def _put(session: AsyncSession, entry: Entry, state: HonourState | None, now: datetime, *, dry_run: bool) -> bool:
    """True if it was not in the register. An entry that is as it was keeps the time since which it is: a list that is
    imported every year does not keep the dead for ever."""
    row = await register.same_as(session, entry)
    if dry_run:
        return row is None
    if row is None:
        await register.add(session, entry, None, now, state)
        return True
    before = entry_of(session, row)
    changed = replace(entry, nomination=before.nomination, link=before.link, tries=before.tries)
    if changed != before or state not in (None, row.state):
        keep(session, row, changed)
        row.state, row.changed_at = state or row.state, now
    return False
