"""What is kept in English, for the audit log and the command line, is read in the reader's language."""

from __future__ import annotations

from pathlib import Path

import pytest

from handlers.i18n.rewording import reworded
from handlers.i18n.translations import translator
from handlers.stations.import_reasons import reason_words
from storage.geodesy import Crs
from storage.sheets.tables import BadFile
from storage.stations.files import COLUMNS, read_stations

CHINESE = translator("zh_Hans")
GOOD = {"id": "s1", "name": "One", "latitude": "37.4", "longitude": "116.3"}


def line(**changes: str) -> str:
    return ",".join({**dict.fromkeys(COLUMNS, ""), **GOOD, **changes}.values())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"latitude": "374.55"}, "纬度 374.55 超出范围（-90 到 90）"),
        ({"latitude": "x"}, "纬度 'x' 不是数字"),
        ({"latitude": ""}, "缺少纬度"),
        ({"name": ""}, "缺少名称"),
        ({"latitude": "116.3", "longitude": "37.4"}, "经度和纬度好像写反了"),
        ({"opening_hours": "早八晚十吧"}, "看不懂营业时间 '早八晚十吧'"),
        ({"amenities": "sauna"}, "未知设施 'sauna'"),
        ({"id": "1.23E+15"}, "编号 '1.23E+15' 被表格软件改成了近似数"),
        ({"phone": "1.38E+10"}, "电话 '1.38E+10' 被表格软件改成了近似数"),
        ({"note": "x" * 1_001}, "备注超过 1000 个字"),
    ],
)
def test_why_a_line_was_refused_is_said_in_chinese(tmp_path: Path, changes: dict[str, str], said: str) -> None:
    file = tmp_path / "stations.csv"
    file.write_text("\n".join([",".join(COLUMNS), line(**changes)]), "utf-8")
    (read,) = read_stations(file, Crs.WGS84)
    assert reason_words(CHINESE, read.reason).startswith(said)
    assert reason_words(translator("en"), read.reason) == read.reason, "the command line's words"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"name\nx", "第一行必须是列名，缺少："),
        (b"%PDF-1.7", "这是PDF 文件；"),
        (b"PK\x03\x04 no", "表格已损坏或有密码保护；"),
    ],
)
def test_why_a_file_can_not_be_read_is_said_in_chinese(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "stations.csv"
    file.write_bytes(content)
    with pytest.raises(BadFile) as failure:
        list(read_stations(file, Crs.WGS84))
    assert reason_words(CHINESE, str(failure.value)).startswith(said)


def test_what_is_made_of_no_pattern_stays_as_it_is() -> None:
    assert reworded("{a} b", ("closed {a}",), CHINESE, {}) == "{a} b"
    assert reworded("活动 {x}", ("活动 {id}",), str, {}) == "活动 {x}"
