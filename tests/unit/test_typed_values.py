"""What people type: names, phone numbers, numbers of documents. Times are in test_written_dates."""

from __future__ import annotations

import re
from datetime import date
from types import SimpleNamespace

import pytest

from handlers.inputs.numbers_of_people import IdNumberInput
from handlers.inputs.phone_numbers import (
    InWords,
    NotAPhone,
    WithoutAreaCode,
    area_code_of,
    read_phone,
)
from handlers.inputs.text import CodeInput
from handlers.membership.application_form import QUESTIONNAIRE
from handlers.membership.inputs import plain_name
from storage.people.identity_numbers import Fault, NotAResidentNumber, other_document, resident_number
from storage.plain_text import MOST_MARKS, clean, clean_code, clean_paragraph, is_letter

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("李雷", "李雷"),
        ("阿卜杜拉・买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉．买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉‧买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉•买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉 · 买买提", "阿卜杜拉·买买提"),
        ("王\U00031350明", "王\U00031350明"),
        ("王\U0002ebf0明", "王\U0002ebf0明"),
        ("王\ue000明", "王\ue000明"),
        ("علی\u200cرضا", "علی\u200cرضا"),
        ("王\u200d明", "王明"),
        ("John O'Neil-Smith Jr.", "John O'Neil-Smith Jr."),
    ],
)
def test_names_keep_what_belongs_to_them(typed: str, name: str) -> None:
    assert plain_name(typed) == name
    assert sum(map(is_letter, name)) >= 2


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("👩🏽\u200d🚒", "👩🏽\u200d🚒"),
        ("\u202eabc\u200b\x00", "abc"),
        ("a\u200db", "ab"),
        ("क्\u200dष", "क्\u200dष"),
        ("a\n \t b\u3000c", "a b c"),
        ("\uffff\ufdd0x", "x"),
        ("1\u200b3\u200c8", "138"),
    ],
)
def test_what_nobody_sees_goes_unless_it_joins(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


def test_combining_marks_have_an_end() -> None:
    assert clean("x" + "\u0323" * 500 + "y") == "x" + "\u0323" * MOST_MARKS + "y"
    assert clean("Nguyễn") == "Nguyễn" and clean_paragraph(" a \r\n\n b\x00 ") == "a\n\nb"


def test_codes_are_plain() -> None:
    assert clean_code("１１０１０５…Ｘ") == "110105...X" and clean_code("٠١٢") == "012"


ID = "11010519491231002X"


@pytest.mark.parametrize(
    "text",
    [ID, ID.lower(), "１１０１０５１９４９１２３１００２Ｘ", "110105 19491231 002X", "110105-19491231-002x"],
)
def test_an_id_number_in_any_width(text: str) -> None:
    assert resident_number(text, TODAY) == ID


def with_check(number: str) -> str:
    """The rule of GB 11643, written out."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return number + "10X98765432"[sum(int(one) * weight for one, weight in zip(number, weights, strict=True)) % 11]


@pytest.mark.parametrize("place", ["810000", "820000", "830000", "911344", "932682", "110222", "999900"])
def test_numbers_of_everybody_who_has_one_and_of_counties_of_the_past(place: str) -> None:
    number = with_check(place + "19900307" + "123")
    assert resident_number(number, TODAY) == number


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", Fault.CHARACTERS),
        ("E12345678", Fault.CHARACTERS),
        ("X10105194912310021", Fault.CHARACTERS),
        ("110105194912310021", Fault.CHECK),
        ("11010519491331002X", Fault.BIRTH_DATE),
        (ID[:-1], Fault.LENGTH),
        (ID[:-1] + "00", Fault.LENGTH),
        (with_check("00010519900307123"), Fault.PLACE),
        (with_check("11010520990307123"), Fault.BIRTH_DATE),
        (with_check("11010519900230123"), Fault.BIRTH_DATE),
        (with_check("77010519900307123"), Fault.PLACE),
    ],
)
def test_a_wrong_id_number_is_refused_by_its_fault(text: str, fault: Fault) -> None:
    with pytest.raises(NotAResidentNumber) as refused:
        resident_number(text, TODAY)
    assert refused.value.fault is fault and refused.value.length == len(text)


@pytest.mark.parametrize("number", ["371402198506071232", "371428199003071239"])
def test_riders_older_than_their_countys_code_are_taken(number: str) -> None:
    """Dezhou's county codes are of 1994; an ID number has the code of where it was registered, not of the birth."""
    assert resident_number(number, TODAY) == number


def test_the_example_of_the_form_is_a_valid_number() -> None:
    (example,) = re.findall(r"\d{17}[\dX]", str(QUESTIONNAIRE.by_key["id_number"].ask))
    assert resident_number(example, TODAY) == example


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("护照 E12345678", "PASSPORT E12345678"),
        ("护照：Ｅ１２３４５６７８", "PASSPORT E12345678"),
        ("passport ab 123 4567", "PASSPORT AB1234567"),
        ("港澳居民来往内地通行证H12345678", "PERMIT H12345678"),
        ("E12345678", None),
        ("护照", None),
    ],
)
def test_another_document_is_named(text: str, kept: str | None) -> None:
    assert other_document(text) == kept


def test_a_number_is_shown_in_part() -> None:
    show = IdNumberInput().show
    assert show(None, ID) == "1101**********002X"  # type: ignore[arg-type]
    assert show(None, "PASSPORT E12345678") == "PASSPORT E1*****78"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("138 0013 8000", "+8613800138000"),
        ("１３８００１３８０００", "+8613800138000"),
        ("0534 2345678", "+865342345678"),
        ("0534 2345678 转 801", "+865342345678 ext. 801"),
        ("0534-2345678转801", "+865342345678 ext. 801"),
        ("0534-2345678-分机801", "+865342345678 ext. 801"),
        ("0534-2345678 ext. 801", "+865342345678 ext. 801"),
        ("+852 6123 4567", "+85261234567"),
    ],
)
def test_phone_numbers_with_extensions(text: str, kept: str) -> None:
    assert str(read_phone(text, "CN")) == kept


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("84664163", WithoutAreaCode),
        ("2345678", WithoutAreaCode),
        ("一三八零零一三八零零零", InWords),
        ("一三八00一三八零零零", InWords),
        ("x", NotAPhone),
        ("12", NotAPhone),
        ("", NotAPhone),
        ("1" * 500, NotAPhone),
    ],
)
def test_what_is_no_phone_number_is_told_why(text: str, why: type[NotAPhone]) -> None:
    with pytest.raises(why) as refused:
        read_phone(text, "CN")
    assert type(refused.value) is why


def test_the_area_code_is_the_hotlines() -> None:
    assert area_code_of("0534-2345678", "CN") == "0534"
    assert (
        area_code_of("12351", "CN") == "" and area_code_of("13800138000", "CN") == "" and area_code_of("", "CN") == ""
    )


async def test_a_code_is_read_in_its_plain_form() -> None:
    talk = SimpleNamespace(text="Ｌ－２０２６－０００１２３\u200b")
    assert await CodeInput(3, 24).read(talk) == "L-2026-000123"  # type: ignore[arg-type]
