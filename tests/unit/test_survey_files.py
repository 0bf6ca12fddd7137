"""Questions of a survey from TOML and CSV: what is taken, and which line is named where something is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.campaigns.surveys import question_files, wording
from storage.campaigns.surveys.question_files import BadQuestionFile
from storage.campaigns.surveys.wording import BadQuestion, Fault, Kind, Wording

TOML = """
# what we ask in winter
[[question]]
kind = "one"
text = "加薪？"
options = ["是", "否"]
other_text = "A raise?"
other_options = ["Yes", "No"]

[[question]]
kind = "number"
text = "工时？"
borders = [8, 10, 12]

[[question]]
kind = "rating"
text = "How safe?"
"""
CSV = """kind,text,options,other_text,other_options
one,加薪？,是|否,A raise?,Yes|No

number,工时？,8|10|12,,
rating,How safe?,,,
"""
QUESTIONS = (
    Wording(Kind.ONE, "加薪？", ("是", "否"), other_text="A raise?", other_options=("Yes", "No")),
    Wording(Kind.NUMBER, "工时？", borders=(8, 10, 12)),
    Wording(Kind.RATING, "How safe?"),
)


@pytest.mark.parametrize("text", [TOML, CSV, CSV.replace(",", "\t"), CSV.replace("\n", "\r\n"), CSV.replace("|", "｜")])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_is_read(text: str, encoding: str) -> None:
    assert question_files.read(text.encode(encoding)) == QUESTIONS


def test_a_csv_may_have_chinese_titles_and_kinds() -> None:
    content = "题型;题目;选项\n多选;缺什么？;水|电\n".encode()
    assert question_files.read(content) == (Wording(Kind.SEVERAL, "缺什么？", ("水", "电")),)


@pytest.mark.parametrize(
    ("text", "fault", "line"),
    [
        ("", Fault.EMPTY, 1),
        ("kind,text,options\n", Fault.EMPTY, 1),
        ("a\0b", Fault.NOT_TEXT, 1),
        ('[[question]]\nkind = "one\n', Fault.NOT_READABLE, 2),
        ("[[question]]\nx = " + "[" * 5_000, Fault.NOT_READABLE, 2),
        (f"[[question]]\n{'a.' * 5_000}b = 1\n", Fault.NOT_READABLE, 2),
        (f"[[question]]\nborders = [{'9' * 5_000}]\n", Fault.NOT_READABLE, 2),
        (f"[[question]]\nkind = 0x{'f' * 5_000}\n", Fault.UNKNOWN_KIND, 1),
        (f'[[question]]\nkind = "number"\ntext = "??"\nborders = [0x{"f" * 5_000}]\n', Fault.BORDERS, 1),
        ('title = "x"\n[[question]]\nkind = "rating"\ntext = "??"\n', Fault.UNKNOWN_NAME, 1),
        ('\n[[question]]\nkind = "rating"\ntext = "??"\n[[question]]\nknd = "one"\n', Fault.UNKNOWN_NAME, 5),
        ('[[question]]\nkind = "rating"\ntext = 5\n', Fault.TEXT, 1),
        ('[[question]]\nkind = "one"\ntext = "??"\noptions = "ab"\n', Fault.OPTIONS, 1),
        ('kind,text\nrating,"How\n', Fault.NOT_READABLE, 2),
        ("kind,text,colour\nrating,??,red\n", Fault.UNKNOWN_NAME, 2),
        ("kind,text\nrating,??,more\n", Fault.UNKNOWN_NAME, 2),
        ("kind,text\n\n\nessay,??\n", Fault.UNKNOWN_KIND, 4),
        ("kind,text\nrating,?\n", Fault.TEXT, 2),
        ("kind,text\nrating," + "x" * 201 + "\n", Fault.TEXT, 2),
        ("kind,text,options\none,??,Yes\n", Fault.OPTIONS, 2),
        ("kind,text,options\none,??,Yes|Yes\n", Fault.OPTIONS, 2),
        ("kind,text,options\none,??," + "|".join("abcdefghi") + "\n", Fault.OPTIONS, 2),
        ("kind,text,options\nrating,??,1|2\n", Fault.OPTIONS, 2),
        ("kind,text,options\nnumber,??,10|5\n", Fault.BORDERS, 2),
        ("kind,text,options\nnumber,??,many\n", Fault.BORDERS, 2),
        ("kind,text,options\nnumber,??,\n", Fault.BORDERS, 2),
        ("kind,text,options,other_text,other_options\none,??,a|b,Which?,a\n", Fault.OTHER, 2),
        ("kind,text,other_options\nrating,??,a|b\n", Fault.OTHER, 2),
        ("kind,text\n" + "rating,??\n" * 10, Fault.TOO_MANY, 11),
    ],
)
def test_what_is_wrong_is_named_with_its_line(text: str, fault: Fault, line: int) -> None:
    with pytest.raises(BadQuestionFile) as bad:
        question_files.read(text.encode())
    assert (bad.value.fault, bad.value.line) == (fault, line)


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_taken_or_refused(content: bytes) -> None:
    try:
        found = question_files.read(content)
    except BadQuestionFile as bad:
        assert bad.line >= 1
    else:
        for one in found:
            wording.check(one)


@given(
    st.sampled_from(Kind),
    st.text(max_size=5),
    st.lists(st.text(max_size=3), max_size=9),
    st.lists(st.integers(-2, 20), max_size=8),
)
def test_what_can_be_asked_is_kept_as_it_is(kind: Kind, text: str, options: list[str], borders: list[int]) -> None:
    made = Wording(kind, text, tuple(options), tuple(borders))
    try:
        wording.check(made)
    except BadQuestion:
        return
    assert wording.opened(made.stored) == made
    assert 2 <= made.size <= 8
