"""Which lines of a table of honours are clear, and why the others are not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from handlers.honours.import_file import reason_words
from handlers.i18n.translations import translator
from storage.honours.importing import Line, read_lines
from storage.honours.table import HonourState
from storage.scratch import Scratch
from storage.sheets.tables import BadFile
from tests.support.honours import ID_NUMBER, OTHER_ID_NUMBER
from tests.support.workbooks import workbook_of

HEADER = "name,id_number,title,year,employer,state,phone,note\n"
TODAY = date(2026, 11, 24)


def read(folder: Path, text: str, country: str = "CN") -> list[Line]:
    file = folder / "honours.csv"
    file.write_text(text, "utf-8")
    return list(read_lines(file, country, TODAY))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (f"李雷,{ID_NUMBER},Model worker,2020,Goodway,active,13800138000,", ""),
        ("李雷,,Model worker,2020,,,,", ""),
        ("李雷,,Model worker,2020年,,退休,,", ""),
        ("李雷,passport E12345678,Model worker,2020,,,,", ""),
        (",,Model worker,2020,,,,", "missing name"),
        ("李雷,,,2020,,,,", "missing title"),
        ("李雷,,Model worker,,,,,", "missing year"),
        ("李雷,,Model worker,1066,,,,", "the year is not one from 1949 to 2026"),
        ("李雷,,Model worker,2027,,,,", "the year is not one from 1949 to 2026"),
        ("李雷,,Model worker,twenty,,,,", "the year is not one from 1949 to 2026"),
        (f"李雷,{ID_NUMBER[:-1]}9,Model worker,2020,,,,", "ID number: wrong check character"),
        ("李雷,37140219901307123X,Model worker,2020,,,,", "ID number: wrong birth date"),
        ("李雷,3714021990,Model worker,2020,,,,", "ID number: wrong length"),
        (
            "李雷,3.71402E+17,Model worker,2020,,,,",
            "id_number was rounded by a spreadsheet; format the column as text",
        ),
        ("李雷,,Model worker,2020,,asleep,,", "unknown state; use active, retired, deceased or withdrawn"),
        ("李雷,,Model worker,2020,,,12,", "the phone number is incomplete"),
        (f"{'李' * 51},,Model worker,2020,,,,", "name is longer than 50 characters"),
    ],
)
def test_a_line_is_clear_or_says_why_not_without_what_stands_there(tmp_path: Path, line: str, reason: str) -> None:
    (found,) = read(tmp_path, HEADER + line + "\n")
    assert (found.number, found.reason) == (2, reason)
    assert (found.entry is None) == bool(reason)
    assert "李" not in reason and "3714" not in reason
    if reason:
        words = reason_words(translator("zh_Hans"), reason)
        assert words != reason and not any(char.isascii() and char.isalpha() for char in words), words


def test_doubles_are_found_by_id_number_and_by_name_where_there_is_none(tmp_path: Path) -> None:
    lines = read(
        tmp_path,
        HEADER
        + f"李雷,{ID_NUMBER},Model worker,2020,,,,\n"
        + f"Li Lei,{ID_NUMBER}, model WORKER ,2020,,,,\n"
        + f"李雷,{OTHER_ID_NUMBER},Model worker,2020,,,,\n"
        + "韩梅,,Medal,2021,,,,\n韩 梅,,Medal,2021,,,,\n韩梅,,Medal,2022,,,,\n",
    )
    double = "the same person, title and year as line {}"
    assert [line.reason for line in lines] == ["", double.format(2), "", "", double.format(5), ""]


def test_chinese_columns_and_states_are_known(tmp_path: Path) -> None:
    text = "姓名;身份证号;荣誉称号;授予年份;工作单位;人员状态;联系电话\n李雷;;山东省劳动模范;2019;德州配送;已故;\n"
    (line,) = read(tmp_path, text)
    assert line.entry is not None and line.state is HonourState.DECEASED
    assert (line.entry.title, line.entry.year, line.entry.employer) == ("山东省劳动模范", 2019, "德州配送")
    with pytest.raises(BadFile, match="missing: title, year"):
        read(tmp_path, "姓名,工作单位\n李雷,德州配送\n")


@pytest.mark.parametrize("packed", [False, True])
def test_a_scratch_file_is_read_as_one_on_the_disk(tmp_path: Path, packed: bool) -> None:
    """Names and ID numbers don't lie in a folder of the system while they are read."""
    cells = [["name", "title", "year"], ["李雷", "Model worker", "2020"]]
    text = "\n".join(",".join(row) for row in cells)
    content = workbook_of(cells) if packed else text.encode()
    file = tmp_path / "honours"
    file.write_bytes(content)
    scratch = Scratch(tmp_path)
    scratch.write(content)
    found = list(read_lines(scratch, "CN", TODAY))
    assert found == list(read_lines(file, "CN", TODAY)) and len(found) == 1 and found[0].entry is not None
    scratch.close()
